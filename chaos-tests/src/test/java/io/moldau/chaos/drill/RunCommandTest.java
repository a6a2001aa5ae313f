package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunCommandTest {
    private static CommandLine parser() {
        return new CommandLine(new RunCommand()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static String replayOf(String... arguments) {
        return RunCommand.replay(parser().parseArgs(arguments), 42);
    }

    @Test
    void theReplayLineIsWhatWasTypedWithTheSeedThatWasDrawn() {
        assertThat(replayOf("--minutes", "20", "--keep", "--faults", "kill,pause"))
                .isEqualTo("moldau chaos run --minutes 20 --keep --faults kill,pause --seed 42");
    }

    @Test
    void theReplayLineKeepsAChosenSeedAndQuotesWhatHasBlanks() {
        var line = replayOf("--seed", "7", "--target", "h:1", "--kill-cmd", "kill {id}");

        assertThat(line).contains("--seed 7").doesNotContain("42").contains("'kill {id}'");
    }

    @Test
    void theReplayLineCanBeTyped() {
        var line = replayOf("--keep", "--override", "a=b", "--override", "c=d");

        var again = line.substring("moldau chaos run ".length()).split(" ");

        assertThat(replayOf(again)).isEqualTo(line);
    }
}
