package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.disk.DataDir;
import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.ScrubPosition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two partitions of ten segments each, all flushed.
class ScrubberTest {
    private static final int SEGMENTS = 10;
    private static final int NO_PAUSE = Integer.MAX_VALUE;
    private static final long WEEK = 604_800_000;
    private static final int BATCH_BYTES = PartitionsFixture.batch("x".repeat(100)).remaining();

    @TempDir Path root;
    private LogDirectory logs;
    private DataDir directory;
    private PartitionsFixture fixture;

    @BeforeEach
    void open() {
        logs = LogDirectory.open(root, Clock.system(), 64);
        directory = DataDir.of(logs);
        fixture = new PartitionsFixture(List.of(directory));
        fixture.createTopic(
                "orders", 2, LogConfig.defaults().with("segment.bytes", "" + BATCH_BYTES));
        for (int i = 0; i < 2; i++) {
            var partition = fixture.partition("orders", i);
            var _ =
                    CompletableFuture.supplyAsync(() -> fill(partition), partition.shard())
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join();
        }
    }

    private static long fill(Partition partition) {
        for (int i = 0; i < SEGMENTS; i++) {
            var batch = PartitionsFixture.batch("x".repeat(100));
            partition.append(batch, false, 0, answer -> assertThat(answer).isNotNull());
        }
        partition.log().flush();
        return partition.log().logEndOffset();
    }

    @AfterEach
    void close() {
        fixture.close();
        directory.close();
    }

    private Scrubber scrubber() {
        return new Scrubber(fixture.partitions(), WEEK, NO_PAUSE);
    }

    private long scrubbedSegments() {
        return fixture.partitions().store().scrubbedBytes() / BATCH_BYTES;
    }

    @Test
    void readsAllThatIsDurable() throws Exception {
        assertThat(scrubber().round(directory, logs)).isTrue();
        assertThat(scrubbedSegments()).isEqualTo(2 * SEGMENTS);
    }

    /// A node that starts again every day would never come to its last partitions otherwise.
    @Test
    void goesOnWhereAnEarlierProcessWas() throws Exception {
        // given
        logs.noteScrub(logs.scrubPosition().at(new TopicPartition("orders", 1), 4));

        // when
        scrubber().round(directory, logs);

        // then
        assertThat(scrubbedSegments()).isEqualTo(SEGMENTS - 4);
    }

    @Test
    void writesDownWhenAllWasRead() {
        try (var _ = Scrubber.start(fixture.partitions(), 1, NO_PAUSE)) {
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> logs.scrubPosition().endedMs() > 0);
        }
        assertThat(logs.scrubPosition().startOf(new TopicPartition("orders", 0))).isZero();
        assertThat(root.resolve("scrub-checkpoint")).exists();
    }

    @Test
    void isNotDueBeforeTheIntervalIsOver() {
        var ended = ScrubPosition.ended(1_000);

        assertThat(ended.dueInMs(2_000, WEEK)).isEqualTo(WEEK - 1_000);
    }
}
