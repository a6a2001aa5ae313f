package io.moldau.broker.net;

/// A listener could not be bound. The message is one sentence for the operator, with the remedy.
public final class BindFailedException extends RuntimeException {
    BindFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
