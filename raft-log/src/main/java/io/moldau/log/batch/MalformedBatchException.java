package io.moldau.log.batch;

/// Bytes that claim to be records and are not. Caught where the batch can be refused.
public final class MalformedBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedBatchException(String message) {
        // No stack trace: hostile clients must not make us walk the stack for every batch.
        super(message, null, false, false);
    }
}
