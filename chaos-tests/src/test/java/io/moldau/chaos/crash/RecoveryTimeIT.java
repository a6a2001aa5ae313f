package io.moldau.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.Bulk;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// How soon a node that was killed with -9 serves what it has, however much that is.
///
/// System properties: `moldau.recovery.mb` of real data (64; 51200 for the whole measure, which
/// needs the room on the disk), `moldau.recovery.partitions` (4; 50), `moldau.recovery.segment.mb`
/// (8; 1024 is what a topic has that says nothing), `moldau.recovery.ms.max` (10000, more while
/// others use the machine).
class RecoveryTimeIT {
    private static final long BYTES = Long.getLong("moldau.recovery.mb", 64) << 20;
    private static final int PARTITIONS = Integer.getInteger("moldau.recovery.partitions", 4);
    private static final int SEGMENT_MB = Integer.getInteger("moldau.recovery.segment.mb", 8);
    private static final long MS_MAX = Long.getLong("moldau.recovery.ms.max", 10_000);
    private static final long READ_ALL_BYTES_MAX = 1L << 30;
    private static final String TOPIC = "much";
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final int KILLS = 3;

    @Test
    void servesMuchDataSoonAfterAKill() {
        var segmentBytes = "log.segment.bytes=" + ((long) SEGMENT_MB << 20);
        try (var broker = Acceptance.startBroker("recovery", segmentBytes)) {
            Topics.create(broker.bootstrap(), TOPIC, PARTITIONS);
            var bulk = new Bulk(TOPIC, PARTITIONS);
            long begin = System.nanoTime();
            var written = bulk.write(broker.bootstrap(), BYTES);
            say("%d MB written".formatted(BYTES >> 20), begin);

            long servedMs = 0;
            for (int kill = 1; kill <= KILLS; kill++) {
                broker.kill();
                servedMs = Math.max(servedMs, timedStart(broker, written, kill));
            }

            assertThat(servedMs)
                    .as("ms until all is served")
                    .isLessThanOrEqualTo((long) (MS_MAX * Acceptance.machineBusyness()));
            if (BYTES <= READ_ALL_BYTES_MAX) {
                assertThat(bulk.read(broker.bootstrap())).isEqualTo(written);
            }
        }
    }

    /// From the start of the process until each partition is led and ends where it must.
    private static long timedStart(BrokerProcess broker, Bulk.Content written, int kill) {
        long begin = System.nanoTime();
        long answersMs = broker.start().toMillis();
        await("led again")
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> ends(broker).equals(written.records()));
        long servedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        System.out.printf(
                "kill %d: answers after %d ms, serves all after %d ms, %s%n",
                kill, answersMs, servedMs, broker.figures());
        return servedMs;
    }

    private static List<Long> ends(BrokerProcess broker)
            throws ExecutionException, InterruptedException {
        var queries =
                IntStream.range(0, PARTITIONS)
                        .mapToObj(i -> new TopicPartition(TOPIC, i))
                        .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            var ends = admin.listOffsets(queries).all().get();
            return IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> ends.get(new TopicPartition(TOPIC, i)).offset())
                    .toList();
        }
    }

    private static void say(String what, long beginNanos) {
        System.out.printf("%s in %d s%n", what, (System.nanoTime() - beginNanos) / 1_000_000_000);
    }
}
