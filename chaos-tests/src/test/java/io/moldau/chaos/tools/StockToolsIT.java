package io.moldau.chaos.tools;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.tools.Goldens.Shown;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every command of the tutorials, with the tools of three releases, against what the same tools
/// showed on the real Kafka 4.3.1. The releases side by side, each against a broker of its own: a
/// tool's start is what takes the time.
@Execution(ExecutionMode.CONCURRENT)
class StockToolsIT {
    private static final String SCRIPT = "/tools/tutorials.script";

    @ParameterizedTest
    @ValueSource(strings = {"4.3.1", "3.9.1", "2.8.2"})
    void showWhatTheyShowOnKafka(String release) {
        var launch =
                Acceptance.launch("tools-" + release)
                        .withOverrides(
                                "group.initial.rebalance.delay.ms=0",
                                "offsets.topic.replication.factor=1");
        List<Shown> shown;
        try (var session = new Session(new StockTools(release), launch)) {
            shown = session.play(Script.load(SCRIPT));
        }
        Goldens.judge("kafka-" + release, "tools-" + release, shown);
    }
}
