package io.moldau.cli;

/// A command that only has commands below it: alone it shows them.
abstract class CommandGroup extends MoldauCommand {
    @Override
    final int run() {
        spec().commandLine().usage(session().out());
        return ExitStatus.OK;
    }
}
