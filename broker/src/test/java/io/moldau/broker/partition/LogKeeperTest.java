package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.PartitionLog;
import io.moldau.log.segment.LogDamage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `flush.messages` and `flush.ms` make of one replica's log, on a real disk.
class LogKeeperTest implements LogKeeper.Owner {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Uuid ORDERS_ID = new Uuid(7, 11);
    private static final int EPOCH = 0;

    @TempDir private Path folder;
    private Shards shards;
    private LogDirectory directory;
    private LogStore store;
    private LogKeeper keeper;
    private volatile LogConfig config = LogConfig.defaults();
    private final List<Long> promises = new ArrayList<>();

    @BeforeEach
    void start() {
        shards = Shards.start(1, "durability", Clock.system());
        directory = LogDirectory.open(folder, Clock.system(), 16);
        store = new LogStore(List.of(DataDir.of(directory)));
        keeper = newKeeper();
    }

    private LogKeeper newKeeper() {
        return new LogKeeper(
                ORDERS,
                ORDERS_ID,
                shards.all().getFirst(),
                store,
                Clock.system(),
                () -> config,
                this);
    }

    @AfterEach
    void stop() {
        shards.close();
        store.close();
        directory.close();
    }

    @Override
    public void onOpened(PartitionLog log) {
        promises.clear();
    }

    @Override
    public void onFlushed() {
        promises.add(keeper.promisedEnd());
    }

    @Override
    public void onDamaged(LogDamage damage, boolean cut) {
        throw new AssertionError(damage.toString());
    }

    @Override
    public void onFailed(RuntimeException cause, boolean lost) {
        promises.add(-1L);
    }

    private <T> T onShard(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, shards.all().getFirst())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /// Gives what was promised at once.
    private long append(String... values) {
        return onShard(() -> {
            keeper.log().append(batch(values), AppendMode.CLIENT, EPOCH, nowMs());
            keeper.onAppended(0);
            return keeper.promisedEnd();
        });
    }

    private static long nowMs() {
        return Clock.system().wallMs();
    }

    private static ByteBuffer batch(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(nowMs(), values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records).buffer();
    }

    private long durableEnd() {
        return onShard(() -> keeper.log().recoveryPoint());
    }

    @Test
    void promisesAtOnceWhereNothingIsAskedFor() {
        assertThat(append("a", "b")).isEqualTo(2);
        assertThat(durableEnd()).isZero();
    }

    @Test
    void promisesNothingBeforeTheSyncWhereEachRecordIsToBeFlushed() {
        config = LogConfig.defaults().with("flush.messages", "1");

        long atOnce = append("a", "b");

        assertThat(atOnce).isZero();
        await().atMost(Duration.ofSeconds(20)).until(() -> onShard(keeper::promisedEnd) == 2);
        assertThat(durableEnd()).isEqualTo(2);
    }

    @Test
    void oneSyncServesAllThatWaited() {
        config = LogConfig.defaults().with("flush.messages", "1");

        // when: the first append begins a sync, the others come before its end can be heard of.
        onShard(() -> {
            for (int i = 0; i < 100; i++) {
                keeper.log().append(batch("a"), AppendMode.CLIENT, EPOCH, nowMs());
                keeper.onAppended(0);
            }
            return null;
        });

        // then
        await().atMost(Duration.ofSeconds(20)).until(() -> onShard(keeper::promisedEnd) == 100);
        assertThat(onShard(() -> List.copyOf(promises))).containsExactly(1L, 100L);
    }

    @Test
    void whatComesLastIsFlushedInTimeThoughNothingFollows() {
        config = LogConfig.defaults().with("flush.ms", "50");
        append("a");
        await().atMost(Duration.ofSeconds(20)).until(() -> durableEnd() == 1);

        long atOnce = append("b");

        assertThat(atOnce).isEqualTo(2);
        await().atMost(Duration.ofSeconds(20)).until(() -> durableEnd() == 2);
    }

    @Test
    void whatWaitsWhenTheSettingComesIsFlushedInTimeToo() {
        append("a");

        config = LogConfig.defaults().with("flush.ms", "50");
        onShard(() -> {
            keeper.reconfigure();
            return null;
        });

        await().atMost(Duration.ofSeconds(20)).until(() -> durableEnd() == 1);
    }

    @Test
    void whatAnEarlierProcessDidNotFlushIsPromisedOnlyAfterASync() {
        // given
        append("a", "b");
        assertThat(durableEnd()).isZero();
        onShard(() -> {
            keeper.fail(new IllegalStateException("as if the process had ended"));
            return null;
        });

        // when
        config = LogConfig.defaults().with("flush.messages", "1");
        keeper = newKeeper();
        var found = onShard(() -> List.of(keeper.log().logEndOffset(), keeper.promisedEnd()));

        // then
        assertThat(found).containsExactly(2L, 0L);
        await().atMost(Duration.ofSeconds(20)).until(() -> onShard(keeper::promisedEnd) == 2);
        assertThat(durableEnd()).isEqualTo(2);
    }
}
