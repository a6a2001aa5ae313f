package io.moldau.broker.app;

/// The node cannot start. The message is one sentence for the operator: what is wrong, what to do.
public final class StartupException extends RuntimeException {
    private final ExitReason reason;

    public StartupException(ExitReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StartupException(ExitReason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public ExitReason reason() {
        return reason;
    }
}
