package io.moldau.peer;

/// The port for other nodes cannot be opened. The message is one sentence for the operator.
public final class PeerUnavailableException extends RuntimeException {
    public PeerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
