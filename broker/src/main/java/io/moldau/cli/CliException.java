package io.moldau.cli;

/// A command failed for a reason that its user can act on. The message is one sentence.
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitStatus;

    CliException(int exitStatus, String sentence) {
        super(sentence);
        this.exitStatus = exitStatus;
    }

    static CliException failure(String sentence) {
        return new CliException(ExitStatus.FAILURE, sentence);
    }

    static CliException usage(String sentence) {
        return new CliException(ExitStatus.USAGE, sentence);
    }

    int exitStatus() {
        return exitStatus;
    }
}
