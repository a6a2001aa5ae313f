package io.moldau.broker.app;

/// Why a node could not start or go on; the process exits with the code.
public enum ExitReason {
    FAILURE(1),
    BAD_SETTING(3),
    ADDRESS_IN_USE(4),
    DATA_DIRECTORY(5),
    OTHER_CLUSTER(6);

    private final int exitCode;

    ExitReason(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
