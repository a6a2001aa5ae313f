package io.moldau.chaos;

import io.moldau.chaos.check.CheckCommand;
import io.moldau.chaos.drill.RunCommand;
import io.moldau.chaos.fuzz.FuzzCommand;
import io.moldau.chaos.sim.SimCommand;
import io.moldau.cli.ExtraCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `moldau chaos`: proofs, for those who want to see them.
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Looks for lost records under faults.",
        subcommands = {SimCommand.class, RunCommand.class, CheckCommand.class, FuzzCommand.class})
public final class ChaosCommand implements ExtraCommand, Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public String name() {
        return "chaos";
    }

    @Override
    public Object command() {
        return this;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
