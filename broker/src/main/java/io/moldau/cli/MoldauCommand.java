package io.moldau.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every command has: its help option's home and the session it runs in.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class MoldauCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    final Session session() {
        return ((Main) spec.root().userObject()).session();
    }

    final CommandSpec spec() {
        return spec;
    }

    @Override
    public final Integer call() throws Exception {
        return run();
    }

    /// @return the exit status
    abstract int run() throws Exception;
}
