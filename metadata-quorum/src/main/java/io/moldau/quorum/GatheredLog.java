package io.moldau.quorum;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/// The log of the node that leads, for all who bring entries to it: what comes while one entry is
/// on its way to a majority's disks goes into the next one together, whichever node it comes from.
/// An entry costs every node a write, a sync and a dozen hand-overs between threads, however much
/// is in it.
///
/// Those who are answered together come back one after the other: where an entry takes long, the
/// next one waits a little until as many are there as last time. Only where more waits than a part
/// of an entry does the next one not wait for the one before.
///
/// A while after the last entry another one follows that has nothing in it but the note that all
/// before is committed.
///
/// There is no thread here; whoever brings something, or the end of an entry, sends what can be
/// sent, one at a time, so that the order holds.
final class GatheredLog implements Route {
    /// Entries under way at a time, when much waits.
    private static final int DEPTH = 4;

    private static final int MUCH_BYTES = 128 * 1024;
    private static final int MAX_BYTES = 900 * 1024;

    /// Whoever waits has given up by then.
    private static final long TIMEOUT_MS = 5_000;

    private static final long NOTE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Where an entry takes less than this nobody is waited for.
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long PATIENCE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(2);

    private record Waiting(ByteString content, CompletableFuture<Long> index) {}

    private final Route log;
    private final LongSupplier committed;
    private final Runnable idle;
    private final AtomicInteger sending = new AtomicInteger();

    // Under this object's lock.
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int underWay;
    private boolean noteDue;
    private boolean noteScheduled;
    private int lastCount;
    private long lastNanos;
    private boolean patient;
    private long round;

    /// @param log this node's own
    /// @param committed index up to which it is committed
    /// @param idle told when an entry is applied and none follows at its heels
    GatheredLog(Route log, LongSupplier committed, Runnable idle) {
        this.log = log;
        this.committed = committed;
        this.idle = idle;
    }

    @Override
    public CompletableFuture<Long> append(Message entry) {
        var content = entry.getContent();
        var index = new CompletableFuture<Long>();
        synchronized (this) {
            waiting.add(new Waiting(content, index));
            waitingBytes += content.size();
        }
        sendAll();
        return index;
    }

    private void sendAll() {
        int seen = sending.incrementAndGet();
        if (seen > 1) {
            return; // Whoever is at it will look again.
        }
        do {
            for (var together = next(); together != null; together = next()) {
                send(together);
            }
            seen = sending.addAndGet(-seen);
        } while (seen > 0);
    }

    private synchronized @Nullable List<Waiting> next() {
        int allowed = waitingBytes >= MUCH_BYTES ? DEPTH : 1;
        if (waiting.isEmpty() || underWay >= allowed || awaitsMore()) {
            return null;
        }
        var together = new ArrayList<Waiting>();
        int bytes = 0;
        for (var first = waiting.peek(); first != null; first = waiting.peek()) {
            bytes += first.content().size() + Batch.LENGTH_BYTES;
            if (!together.isEmpty() && bytes > MAX_BYTES) {
                break;
            }
            together.add(first);
            waiting.remove();
            waitingBytes -= first.content().size();
        }
        underWay++;
        lastCount = together.size();
        patient = false;
        round++;
        return together;
    }

    private boolean awaitsMore() {
        if (patient) {
            return waiting.size() < lastCount && waitingBytes < MUCH_BYTES;
        }
        if (waiting.size() >= lastCount || lastNanos < LONG_NANOS) {
            return false;
        }
        patient = true;
        long waitingFor = round;
        long nanos = Math.min(lastNanos / 4, PATIENCE_NANOS_MAX);
        later("quorum-patience", nanos, () -> sendWhatIsThere(waitingFor));
        return true;
    }

    private void sendWhatIsThere(long waitedFor) {
        synchronized (this) {
            if (round != waitedFor) {
                return; // It has been sent meanwhile.
            }
            patient = false;
            lastCount = 0;
        }
        sendAll();
    }

    private void send(List<Waiting> together) {
        var batches = together.stream().map(Waiting::content).toList();
        var entry = Message.valueOf(Batch.entry(committed.getAsLong(), batches));
        long beganNanos = System.nanoTime();
        var _ =
                log.append(entry)
                        .orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .whenComplete((index, failure) -> {
                            took(System.nanoTime() - beganNanos);
                            ended(together, index, failure);
                        });
    }

    private synchronized void took(long nanos) {
        underWay--;
        lastNanos = nanos;
    }

    private void ended(List<Waiting> together, @Nullable Long index, @Nullable Throwable failure) {
        synchronized (this) {
            noteDue = failure == null && !together.isEmpty();
        }
        for (var each : together) {
            if (failure == null) {
                each.index().complete(index);
            } else {
                each.index().completeExceptionally(failure);
            }
        }
        sendAll();
        if (failure == null && isIdle()) {
            idle.run();
            noteLater();
        }
    }

    private synchronized boolean isIdle() {
        return underWay == 0;
    }

    private synchronized void noteLater() {
        if (noteDue && !noteScheduled) {
            noteScheduled = true;
            later("quorum-note", NOTE_NANOS, this::note);
        }
    }

    /// Not while something is under way, which will ask for a note itself.
    private void note() {
        synchronized (this) {
            noteScheduled = false;
            if (!noteDue || underWay > 0) {
                return;
            }
            noteDue = false;
            underWay++;
        }
        send(List.of());
    }

    private static void later(String name, long nanos, Runnable task) {
        CompletableFuture.delayedExecutor(
                        nanos,
                        TimeUnit.NANOSECONDS,
                        due -> Thread.ofVirtual().name(name).start(due))
                .execute(task);
    }
}
