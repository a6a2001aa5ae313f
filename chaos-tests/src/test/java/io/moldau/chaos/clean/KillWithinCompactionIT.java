package io.moldau.chaos.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/// `kill -9` while a log is being compacted, produced to, and read.
///
/// System properties: `moldau.clean.kills` (2), `moldau.clean.seed` (by chance, printed).
class KillWithinCompactionIT {
    private static final int KILLS = Integer.getInteger("moldau.clean.kills", 2);
    private static final long SEED =
            Long.getLong("moldau.clean.seed", ThreadLocalRandom.current().nextLong(1_000_000));
    private static final String TOPIC = "balances";
    private static final int KEYS = 3_000;
    private static final int PAUSE_MS_MAX = 60;
    private static final Duration SOON = Duration.ofMinutes(1);

    @Test
    void theLastValueOfEveryKeyIsThere() {
        System.out.printf("kill -9 in compaction: %d, -Dmoldau.clean.seed=%d%n", KILLS, SEED);
        var random = new Random(SEED);
        int within = 0;
        try (var broker =
                Acceptance.startBroker(
                        "clean",
                        "log.cleaner.backoff.ms=20",
                        "log.cleaner.io.max.bytes.per.second=30000000",
                        "log.segment.delete.delay.ms=500")) {
            Topics.create(
                    broker.bootstrap(),
                    new NewTopic(TOPIC, 1, (short) 1)
                            .configs(
                                    Map.of(
                                            "cleanup.policy", "compact",
                                            "segment.bytes", "1048576",
                                            "min.cleanable.dirty.ratio", "0.01")));
            try (var values = new LastValues(broker.bootstrap(), TOPIC, KEYS);
                    var tail = new CompactedReader(broker.bootstrap(), TOPIC)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    awaitProgress(values);
                    awaitCompaction(broker, tail);
                    pause(random.nextInt(PAUSE_MS_MAX));
                    broker.kill();
                    within += isWithinCompaction(broker) ? 1 : 0;
                    broker.start();
                }
                awaitProgress(values);
                values.stop();
                check(broker, values, tail.readAll());
            }
        }
        System.out.printf("killed %d times, %d of them within a compaction%n", KILLS, within);
    }

    private static void check(BrokerProcess broker, LastValues values, CompactedReader tail) {
        assertThat(values.failures()).isEmpty();
        assertThat(tail.disorder()).isEmpty();
        try (var reader = new CompactedReader(broker.bootstrap(), TOPIC)) {
            var last = reader.readAll().last();
            assertThat(reader.disorder()).isEmpty();
            values.requireLast(last);
            System.out.printf(
                    "%d records acknowledged, %d are left, of %d keys%n",
                    values.acknowledgedCount(), reader.count(), KEYS);
            assertThat(reader.count()).isLessThan(values.acknowledgedCount());
        }
    }

    private static void awaitProgress(LastValues values) {
        long acknowledged = values.acknowledgedCount();
        await("progress")
                .atMost(SOON)
                .until(() -> values.acknowledgedCount() > acknowledged + 2_000);
    }

    private static void awaitCompaction(BrokerProcess broker, CompactedReader tail) {
        await("a compaction")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    tail.poll();
                    return isWithinCompaction(broker);
                });
    }

    private static boolean isWithinCompaction(BrokerProcess broker) {
        try (Stream<Path> files = Files.list(broker.data().resolve(TOPIC + "-0"))) {
            return files.map(Path::toString)
                    .anyMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The moment of the kill is to be any.
    private static void pause(int milliseconds) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() >= end);
    }
}
