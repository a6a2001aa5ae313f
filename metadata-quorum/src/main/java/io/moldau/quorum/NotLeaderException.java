package io.moldau.quorum;

/// Only the node that leads the quorum can do this, and this node does not. Nothing was done.
public final class NotLeaderException extends RuntimeException {
    public NotLeaderException(String message) {
        super(message);
    }
}
