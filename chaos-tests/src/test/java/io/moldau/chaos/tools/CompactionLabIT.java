package io.moldau.chaos.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tutorial's compaction lab with the stock tools, against what the real Kafka 4.3.1 leaves:
/// the offsets 1 to 6, and the old files on their way out.
class CompactionLabIT {
    private static final StockTools TOOLS = new StockTools("4.3.1");
    private static final String TOPIC = "bank-account";
    private static final Duration SEGMENT = Duration.ofMillis(5_500);

    @Test
    void leavesOfEachAccountTheLastBalance() throws IOException {
        try (var broker = Acceptance.startBroker("bank", "log.cleaner.backoff.ms=200")) {
            run(
                    broker,
                    "kafka-topics",
                    "",
                    "--create --topic bank-account --config cleanup.policy=compact"
                            + " --config segment.ms=5000"
                            + " --config min.cleanable.dirty.ratio=0.001");
            produce(
                    broker,
                    """
                    kim: 10000
                    lee: 20000
                    park: 5000
                    seo: 7000
                    kim: 30000
                    sin: 15000
                    """);
            var produced = System.nanoTime();
            await().until(() -> System.nanoTime() - produced > SEGMENT.toNanos());

            produce(broker, "lee: 40000\n"); // It rolls the segment; what is closed is compacted.

            var folder = broker.data().resolve(TOPIC + "-0");
            await("old files put aside")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> names(folder).contains("00000000000000000000.log.deleted"));
            assertThat(consume(broker))
                    .containsExactly(
                            "Offset:1\tlee\t 20000",
                            "Offset:2\tpark\t 5000",
                            "Offset:3\tseo\t 7000",
                            "Offset:4\tkim\t 30000",
                            "Offset:5\tsin\t 15000",
                            "Offset:6\tlee\t 40000");
            assertThat(Files.readString(broker.data().resolve("cleaner-offset-checkpoint")))
                    .isEqualTo("0\n1\nbank-account 0 6\n");
            assertDumpLogReads(folder);
        }
    }

    private static void produce(BrokerProcess broker, String lines) {
        run(
                broker,
                "kafka-console-producer",
                lines,
                "--topic bank-account --property parse.key=true --property key.separator=:");
    }

    private static List<String> consume(BrokerProcess broker) {
        return run(
                        broker,
                        "kafka-console-consumer",
                        "",
                        "--topic bank-account --from-beginning --max-messages 6"
                                + " --timeout-ms 30000 --property print.key=true"
                                + " --property print.offset=true")
                .lines()
                .filter(line -> line.startsWith("Offset:"))
                .toList();
    }

    private static String run(BrokerProcess broker, String tool, String input, String arguments) {
        var all = Stream.of("--bootstrap-server", broker.bootstrap());
        var result =
                TOOLS.run(
                        tool, Stream.concat(all, Stream.of(arguments.split(" "))).toList(), input);
        assertThat(result.exitStatus()).as(result.errors()).isZero();
        return result.output();
    }

    private static void assertDumpLogReads(Path folder) {
        var base = folder.resolve("00000000000000000000").toString();
        var files = base + ".log," + base + ".index," + base + ".timeindex";
        var dump = TOOLS.run("kafka-dump-log", List.of("--print-data-log", "--files", files), "");
        assertThat(dump.exitStatus()).as(dump.errors()).isZero();
        assertThat(dump.output())
                .contains("baseOffset: 0 lastOffset: 5 count: 5")
                .contains("isvalid: true")
                .contains("key: kim payload:  30000")
                .doesNotContain("payload:  10000");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
