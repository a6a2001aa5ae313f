package io.moldau.broker.partition;

import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// One produce over many partitions: split by shard, and joined when each has answered.
public final class AppendJob {
    private final List<Item> items;
    private final boolean all;
    private final int timeoutMs;
    private final CompletableFuture<List<Item>> result = new CompletableFuture<>();
    private final AtomicInteger itemsToAnswer;

    /// What one partition is to append, and what became of it. Written by the partition's shard,
    /// read by whoever completes the job.
    public static final class Item {
        private final Lookup lookup;
        private final ByteBuffer records;
        private AppendResult result;
        private long logStartOffset = -1;

        /// @param records slice of the request's frame, which must stay alive until the job is
        ///   complete
        public Item(Lookup lookup, ByteBuffer records) {
            this.lookup = lookup;
            this.records = records;
        }

        public Lookup lookup() {
            return lookup;
        }

        /// What the log said; null where the partition is not here.
        public AppendResult result() {
            return result;
        }

        public long logStartOffset() {
            return logStartOffset;
        }
    }

    /// @param all whether each partition is to answer only when its records are committed
    /// @param timeoutMs how long it may wait for that
    public AppendJob(List<Item> items, boolean all, int timeoutMs) {
        this.items = items;
        this.all = all;
        this.timeoutMs = timeoutMs;
        this.itemsToAnswer = new AtomicInteger(items.size() + 1);
    }

    /// Hands every item to its shard, in the caller's order: two requests of one connection append
    /// in the order in which they were sent. Completed by the last shard to answer.
    public CompletableFuture<List<Item>> start() {
        var byShard = new ShardGroups<Item>();
        for (var item : items) {
            if (item.lookup instanceof Lookup.Found found) {
                byShard.add(found.partition().shard(), item);
            } else {
                onAnswered();
            }
        }
        for (var group : byShard.all()) {
            group.shard().execute(() -> appendOnShard(group.items()));
        }
        onAnswered();
        return result;
    }

    private static Partition partitionOf(Item item) {
        return ((Lookup.Found) item.lookup).partition();
    }

    private void appendOnShard(List<Item> group) {
        for (var item : group) {
            var partition = partitionOf(item);
            partition.append(
                    item.records,
                    all,
                    timeoutMs,
                    answer -> {
                        item.result = answer;
                        item.logStartOffset = partition.logStartOffset();
                        onAnswered();
                    });
        }
    }

    private void onAnswered() {
        if (itemsToAnswer.decrementAndGet() == 0) {
            result.complete(items);
        }
    }
}
