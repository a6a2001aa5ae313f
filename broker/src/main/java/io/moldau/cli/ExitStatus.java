package io.moldau.cli;

/// What the process's exit status says; README.md lists the same numbers.
///
/// A node that could not start or go on exits with the code of its
/// [reason][io.moldau.broker.app.ExitReason].
final class ExitStatus {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int BAD_SETTING = 3;

    private ExitStatus() {}
}
