package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import io.moldau.broker.shard.Shards;
import java.util.ArrayDeque;
import java.util.Queue;

/// What time brings for logs: rolling, retention, flushing and checkpoints. Works through the
/// partitions of a shard in small steps, so that requests pass in between.
public final class Maintenance {
    private static final int PARTITIONS_PER_STEP = 16;
    private static final long WAITERS_EVERY_MS = 5_000;

    /// A replica that was killed starts with a high watermark that is not older.
    private static final long HIGH_WATERMARKS_EVERY_MS = 5_000;

    private final Partitions partitions;
    private final Shards shards;
    private final long checkEveryMs;
    private final long checkpointEveryMs;
    private volatile boolean stopped;

    /// @param checkEveryMs `log.retention.check.interval.ms`
    /// @param checkpointEveryMs `log.flush.offset.checkpoint.interval.ms`
    public Maintenance(
            Partitions partitions, Shards shards, long checkEveryMs, long checkpointEveryMs) {
        this.partitions = partitions;
        this.shards = shards;
        this.checkEveryMs = checkEveryMs;
        this.checkpointEveryMs = checkpointEveryMs;
    }

    public void start() {
        for (var shard : shards.all()) {
            // The first round opens, and after a crash recovers, what no client has asked for yet.
            shard.execute(() -> round(shard));
            shard.schedule(WAITERS_EVERY_MS, () -> forgetWaiters(shard));
        }
        shards.all().getFirst().schedule(checkpointEveryMs, this::checkpoint);
        shards.all().getLast().schedule(HIGH_WATERMARKS_EVERY_MS, this::checkpointHighWatermarks);
    }

    public void stop() {
        stopped = true;
    }

    private void round(Shard shard) {
        var due = new ArrayDeque<Partition>();
        partitions.all().stream()
                .filter(partition -> partition.shard().equals(shard))
                .forEach(due::add);
        step(shard, due);
    }

    private void step(Shard shard, Queue<Partition> due) {
        for (int i = 0; i < PARTITIONS_PER_STEP && !stopped; i++) {
            var partition = due.poll();
            if (partition == null) {
                shard.schedule(checkEveryMs, () -> round(shard));
                return;
            }
            partition.maintain();
        }
        if (!stopped) {
            shard.execute(() -> step(shard, due));
        }
    }

    private void forgetWaiters(Shard shard) {
        if (stopped) {
            return;
        }
        partitions.all().stream()
                .filter(partition -> partition.shard().equals(shard))
                .forEach(Partition::forgetDoneWaiters);
        shard.schedule(WAITERS_EVERY_MS, () -> forgetWaiters(shard));
    }

    private void checkpoint() {
        if (stopped) {
            return;
        }
        partitions.store().checkpoint();
        shards.all().getFirst().schedule(checkpointEveryMs, this::checkpoint);
    }

    private void checkpointHighWatermarks() {
        if (stopped) {
            return;
        }
        partitions.store().checkpointHighWatermarks();
        partitions.store().sweep();
        shards.all().getLast().schedule(HIGH_WATERMARKS_EVERY_MS, this::checkpointHighWatermarks);
    }
}
