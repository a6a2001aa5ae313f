package io.moldau.quorum;

/// The command was not decided here and now: the node does not lead the quorum, or the quorum is
/// closed or has failed. It may still be decided later, so only what may be done twice should be
/// tried again.
public final class QuorumUnavailableException extends RuntimeException {
    public QuorumUnavailableException(String message) {
        super(message);
    }

    public QuorumUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
