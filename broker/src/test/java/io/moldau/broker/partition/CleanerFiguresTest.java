package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanerFiguresTest {
    private static final CleanerLimits LIMITS =
            new CleanerLimits(1, 5, 24 * 64, 8192, 0.9, Double.MAX_VALUE);

    @TempDir Path root;
    private PartitionsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer batch(int value) {
        var record = new SimpleRecord(1_000, utf8("key"), utf8("value-" + value));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    private static boolean fill(Partition partition) {
        for (int i = 0; i < 20; i++) {
            partition.append(batch(i), false, 0, answer -> assertThat(answer).isNotNull());
        }
        partition.log().flush();
        return true;
    }

    @Test
    void tellWhatTheLastCompactionTook() {
        // given
        var config =
                LogConfig.defaults().with("cleanup.policy", "compact").with("segment.bytes", "200");
        fixture.createTopic("prices", 1, config);
        var partition = fixture.partition("prices", 0);
        CompletableFuture.supplyAsync(() -> fill(partition), partition.shard())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        var partitions = fixture.partitions();
        var figures = partitions.store().cleaning();

        // when
        var shards = fixture.shards();
        try (var cleaner = new Cleaner(partitions, shards, Clock.system(), () -> LIMITS)) {
            cleaner.start();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> figures.lastSeconds() > 0);
        }

        // then
        assertThat(figures.lastRecopyPercent()).isBetween(1.0, 50.0);
        assertThat(figures.lastBufferPercent()).isBetween(1.0, 50.0);
        assertThat(figures.maxDirtyPercent()).isBetween(0.0, 100.0);
        assertThat(figures.sinceSurveyMs(Clock.system().monotonicNanos())).isNotNegative();
        assertThat(figures.uncleanable()).isEmpty();
    }
}
