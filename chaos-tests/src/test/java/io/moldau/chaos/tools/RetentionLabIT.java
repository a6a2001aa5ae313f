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
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// The retention lab of a Kafka course, with the stock tools: records that are kept for ten seconds
/// are gone after ten seconds and the check interval, though nobody writes.
class RetentionLabIT {
    private static final int RETENTION_S = 10;
    private static final int CHECK_S = 1;
    private static final int DELETE_DELAY_S = 2;

    /// How often files whose delay is over are removed.
    private static final int SWEEP_S = 5;

    /// For a machine that is busy with other things.
    private static final int PATIENCE_S = 20;

    private static final TopicPartition LAB = new TopicPartition("lab", 0);

    private final StockTools tools = new StockTools("4.3.1");

    @Test
    void recordsGoThoughNobodyWrites() throws Exception {
        var launch =
                Acceptance.launch("retention-lab")
                        .withOverrides(
                                "log.retention.check.interval.ms=" + CHECK_S * 1000,
                                "log.segment.delete.delay.ms=" + DELETE_DELAY_S * 1000);
        var folder = launch.home().resolve("data").resolve("lab-0");
        try (var broker = BrokerProcess.start(launch);
                var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            tool(
                    broker,
                    "kafka-topics",
                    "",
                    "--create --topic lab --partitions 1 --config retention.ms="
                            + RETENTION_S * 1000);
            tool(broker, "kafka-console-producer", "one\ntwo\nthree\n", "--topic lab");
            long begin = System.nanoTime();
            assertThat(offset(admin, OffsetSpec.earliest())).isZero();
            assertThat(offset(admin, OffsetSpec.latest())).isEqualTo(3);

            await("records go")
                    .atMost(Duration.ofSeconds(RETENTION_S + CHECK_S + PATIENCE_S))
                    .until(() -> offset(admin, OffsetSpec.earliest()) == 3);
            var took = Duration.ofNanos(System.nanoTime() - begin);

            assertThat(offset(admin, OffsetSpec.latest())).isEqualTo(3);
            var read =
                    tool(
                            broker,
                            "kafka-console-consumer",
                            "",
                            "--topic lab --from-beginning --timeout-ms 2000");
            assertThat(read).isEmpty();
            await("files go")
                    .atMost(Duration.ofSeconds(DELETE_DELAY_S + SWEEP_S + PATIENCE_S))
                    .until(() -> names(folder).stream().noneMatch(n -> n.endsWith(".deleted")));
            System.out.printf(
                    "retention.ms=%d s, check every %d s: gone %.1f s after the last record%n",
                    RETENTION_S, CHECK_S, took.toMillis() / 1000.0);

            tool(broker, "kafka-console-producer", "four\n", "--topic lab");
            assertThat(broker.stop()).isZero();
            assertThat(names(folder))
                    .contains(
                            "00000000000000000003.index",
                            "00000000000000000003.log",
                            "00000000000000000003.timeindex",
                            "leader-epoch-checkpoint",
                            "partition.metadata")
                    .noneMatch(name -> name.startsWith("00000000000000000000"));
        }
    }

    private static long offset(Admin admin, OffsetSpec which) throws Exception {
        return admin.listOffsets(Map.of(LAB, which)).partitionResult(LAB).get().offset();
    }

    private String tool(BrokerProcess broker, String tool, String input, String arguments) {
        var line = ("--bootstrap-server " + broker.bootstrap() + " " + arguments).split(" ");
        return tools.run(tool, List.of(line), input).output();
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
