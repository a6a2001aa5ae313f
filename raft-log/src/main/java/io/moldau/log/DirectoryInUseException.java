package io.moldau.log;

/// Another process holds the lock of a log directory. The message is meant for the operator.
public final class DirectoryInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DirectoryInUseException(String message) {
        super(message);
    }
}
