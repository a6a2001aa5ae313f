package io.moldau.broker.partition;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// One fetch over many partitions: split by shard, joined, and parked while there is too little to
/// return.
///
/// A first pass reads every item and leaves a waiter where nothing was found. If the bytes found do
/// not suffice, the job sleeps until enough has been appended or its time is up, and then reads
/// again what changed.
public final class FetchJob implements FetchWaiter {
    /// A fetch of more partitions lets go of each file at once. Otherwise one client that reads
    /// hundreds of partitions would hold hundreds of descriptors, and the process has only so many.
    private static final int FILES_MAX = 16;

    private enum Phase {
        READING,
        PARKED,
        READING_AGAIN,
        DONE
    }

    /// Runs a task later, and gives the means to cancel it.
    @FunctionalInterface
    public interface Alarm {
        Runnable after(long delayMs, Runnable task);
    }

    private final List<FetchItem> items;
    private final int minBytes;
    private final long maxWaitMs;
    private final Object owner;
    private final Alarm alarm;
    private final CompletableFuture<List<FetchItem>> result = new CompletableFuture<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.READING);
    private final AtomicInteger shardsToRead = new AtomicInteger();
    private final AtomicLong arrivedBytes = new AtomicLong();
    private volatile Runnable cancelAlarm = () -> {};

    /// @param minBytes fewer are returned only when `maxWaitMs` have passed
    /// @param maxWaitMs 0 to answer at once
    /// @param owner the connection or session; its next fetch takes this one's place
    public FetchJob(
            List<FetchItem> items, int minBytes, long maxWaitMs, Object owner, Alarm alarm) {
        this.items = items;
        this.minBytes = minBytes;
        this.maxWaitMs = maxWaitMs;
        this.owner = owner;
        this.alarm = alarm;
        if (items.size() > FILES_MAX) {
            items.forEach(FetchItem::keepNoFile);
        }
    }

    /// Starts the fetch; the result is the items, filled in, completed by some shard or by the
    /// alarm's thread.
    public CompletableFuture<List<FetchItem>> start() {
        read(items, maxWaitMs > 0 && minBytes > 0);
        return result;
    }

    /// Ends a parked fetch whose client is gone.
    public void cancel() {
        wake();
    }

    private void read(List<FetchItem> wanted, boolean mayWait) {
        var byShard = new ShardGroups<FetchItem>();
        for (var item : wanted) {
            if (item.partition() != null) {
                byShard.add(item.partition().shard(), item);
            }
        }
        shardsToRead.set(byShard.all().size() + 1);
        for (var group : byShard.all()) {
            group.shard().execute(() -> readOnShard(group.items(), mayWait));
        }
        onShardRead();
    }

    private void readOnShard(List<FetchItem> group, boolean mayWait) {
        for (var item : group) {
            item.partition().read(item, mayWait ? this : null);
        }
        onShardRead();
    }

    private void onShardRead() {
        if (shardsToRead.decrementAndGet() > 0) {
            return;
        }
        if (phase.get() == Phase.READING_AGAIN || suffices()) {
            complete();
            return;
        }
        cancelAlarm = alarm.after(maxWaitMs, this::wake);
        phase.set(Phase.PARKED);
        if (arrivedBytes.get() >= minBytes) {
            wake();
        }
    }

    private boolean suffices() {
        if (maxWaitMs <= 0) {
            return true;
        }
        long bytes = 0;
        boolean asked = false;
        for (var item : items) {
            if (item.isUrgent()) {
                return true;
            }
            bytes += item.sizeBytes();
            asked = true;
        }
        arrivedBytes.addAndGet(bytes);
        return !asked || bytes >= minBytes;
    }

    @Override
    public void onReadable(FetchItem item, int bytes) {
        item.markChanged();
        if (arrivedBytes.addAndGet(bytes) >= minBytes) {
            wake();
        }
    }

    private void wake() {
        if (phase.compareAndSet(Phase.PARKED, Phase.READING_AGAIN)) {
            cancelAlarm.run();
            read(items.stream().filter(FetchItem::takeChanged).toList(), false);
        }
    }

    private void complete() {
        phase.set(Phase.DONE);
        if (!result.complete(items)) {
            items.forEach(FetchItem::releaseSlice);
        }
    }

    @Override
    public boolean isDone() {
        return phase.get() == Phase.DONE;
    }

    @Override
    public Object owner() {
        return owner;
    }
}
