package io.moldau.quorum;

/// The quorum cannot start on this data. The message is one sentence for the operator: what is
/// wrong, and what to do.
public final class QuorumStartException extends RuntimeException {
    public QuorumStartException(String message) {
        super(message);
    }

    public QuorumStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
