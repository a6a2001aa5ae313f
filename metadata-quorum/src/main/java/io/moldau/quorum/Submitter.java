package io.moldau.quorum;

import io.moldau.metadata.CommandCodec;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Brings this node's commands into the log, wherever its leader is, in the order in which they
/// were submitted; those that wait together go into one entry.
///
/// A few entries are under way at a time ([#window]): while the disk syncs one, the next one fills.
/// When one of them fails, all that are under way are awaited, and then sent again in their order
/// to whoever leads by then; the [Ledger] sees to it that none counts twice. What a command was
/// decided to is learned when this node itself applies the entry.
///
/// There is no thread here; whoever brings a command, or the end of an entry, sends what can be
/// sent. One at a time does so ([#pump()]), so that the order holds.
final class Submitter {
    /// Entries under way at a time.
    private static final int DEPTH = 4;

    private static final int MAX_COMMANDS = 1000;
    private static final int MAX_BATCH_BYTES = 900 * 1024;

    /// The rest of an entry is Ratis's, and the batch's header.
    static final int MAX_COMMAND_BYTES = RatisSettings.MAX_ENTRY_BYTES - 64 * 1024;

    private static final long PATIENCE_MS = 10_000;
    private static final long APPEND_TIMEOUT_MS = 5_000;
    private static final long RETRY_MS = 20;
    private static final long TICK_MS = 250;

    private final long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final Supplier<@Nullable Route> routes;
    private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pumping = new AtomicInteger();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile @Nullable String stopped;

    // Under this object's lock.
    private final Deque<Batch> window = new ArrayDeque<>();
    private long lastSequence;
    private int underWay;
    private boolean broken;
    private long resumeNanos = System.nanoTime();
    private long appliedIndex = -1;

    /// @param routes the way to the leader; `null` while there is none
    Submitter(Supplier<@Nullable Route> routes) {
        this.routes = routes;
    }

    CompletableFuture<Outcome> submit(MetadataCommand command) {
        var encoded = CommandCodec.encode(command);
        if (encoded.getSerializedSize() > MAX_COMMAND_BYTES) {
            return CompletableFuture.completedFuture(
                    new Outcome.Refused(
                            Errors.MESSAGE_TOO_LARGE,
                            "The change takes %d bytes, more than the %d that the metadata log takes."
                                    .formatted(encoded.getSerializedSize(), MAX_COMMAND_BYTES)));
        }
        return enqueue(new Submission(command, encoded, new CompletableFuture<>(), deadline()));
    }

    /// Completes once this node has applied all that was acknowledged anywhere before this call: an
    /// entry of its own has come into the log behind it.
    CompletableFuture<Outcome> barrier() {
        return enqueue(new Submission(null, null, new CompletableFuture<>(), deadline()));
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    }

    private CompletableFuture<Outcome> enqueue(Submission submission) {
        waiting.add(submission);
        pump();
        return submission.future();
    }

    /// Fails what waits and what is under way, and all that comes later.
    void stop(String reason) {
        stopped = reason;
        List<Batch> left;
        synchronized (this) {
            left = List.copyOf(window);
            window.clear();
        }
        left.forEach(batch -> batch.fail(new QuorumUnavailableException(reason)));
        pump();
    }

    /// Sends what can be sent: also to be called when there may be another way to the leader.
    void pump() {
        int seen = pumping.incrementAndGet();
        if (seen > 1) {
            return; // Whoever is at it will look again.
        }
        do {
            sendAll();
            seen = pumping.addAndGet(-seen);
        } while (seen > 0);
    }

    private void sendAll() {
        if (stopped != null) {
            failWaiting();
            return;
        }
        var route = routes.get();
        if (route != null) {
            for (var batch = next(); batch != null; batch = next()) {
                send(batch, route);
            }
        }
        keepTicking();
    }

    private void failWaiting() {
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            next.fail(new QuorumUnavailableException(String.valueOf(stopped)));
        }
    }

    private synchronized @Nullable Batch next() {
        if (broken) {
            if (underWay > 0 || System.nanoTime() < resumeNanos) {
                return null;
            }
            broken = false;
            window.forEach(batch -> batch.sent(false));
        }
        var batch = unsent();
        if (batch == null && window.size() < DEPTH && !waiting.isEmpty()) {
            batch = new Batch(id, ++lastSequence, take());
            window.add(batch);
        }
        if (batch != null) {
            batch.sent(true);
            underWay++;
        }
        return batch;
    }

    private @Nullable Batch unsent() {
        for (var batch : window) {
            if (!batch.isSent()) {
                return batch;
            }
        }
        return null;
    }

    private List<Submission> take() {
        var taken = new ArrayList<Submission>();
        int bytes = 0;
        for (var next = waiting.peek(); next != null; next = waiting.peek()) {
            bytes += next.bytes();
            if (!taken.isEmpty() && (bytes > MAX_BATCH_BYTES || taken.size() == MAX_COMMANDS)) {
                break;
            }
            taken.add(next);
            waiting.remove();
        }
        return taken;
    }

    private void send(Batch batch, Route route) {
        var _ =
                route.append(batch)
                        .orTimeout(APPEND_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .whenComplete((index, failure) -> ended(batch, index, failure));
    }

    private void ended(Batch batch, @Nullable Long index, @Nullable Throwable failure) {
        boolean failed = false;
        synchronized (this) {
            underWay--;
            if (window.contains(batch)) {
                batch.loggedAt(index == null ? -1 : index);
                failed = failure != null || passedOver(batch);
                if (failed) {
                    breakOff();
                }
            }
        }
        if (failed) {
            later(RETRY_MS, this::pump);
        }
        pump();
    }

    /// It is in the log, this node has applied the log so far, and yet it was not its turn.
    private boolean passedOver(Batch batch) {
        return batch.loggedAt() >= 0 && batch.loggedAt() <= appliedIndex;
    }

    private void breakOff() {
        broken = true;
        resumeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
    }

    /// The batch behind an entry that this node applies just now, if it is this node's own and
    /// somebody waits for it.
    synchronized @Nullable Batch own(long submitter, long sequence) {
        if (submitter != id) {
            return null;
        }
        for (var batch : window) {
            if (batch.sequence() == sequence) {
                return batch.isAbandoned() ? null : batch;
            }
        }
        return null;
    }

    /// This node has applied the entry at `index`.
    ///
    /// @param taken what of the entry counted
    void applied(long index, List<Batch.Part> taken) {
        boolean again = false;
        synchronized (this) {
            for (var part : taken) {
                again |= part.submitter() == id;
            }
            if (again) {
                window.removeIf(batch -> isAmong(taken, batch));
            }
            again |= reached(index);
        }
        if (again) {
            pump();
        }
    }

    private boolean isAmong(List<Batch.Part> taken, Batch batch) {
        for (var part : taken) {
            if (part.submitter() == id && part.sequence() == batch.sequence()) {
                return true;
            }
        }
        return false;
    }

    private boolean reached(long index) {
        appliedIndex = index;
        if (window.stream().anyMatch(this::passedOver)) {
            breakOff();
            later(RETRY_MS, this::pump);
            return true;
        }
        return false;
    }

    /// This node has been given a snapshot of what the others applied meanwhile: of this node's own
    /// entries in it nobody can tell any more what they were decided to.
    void jumped(long index, Ledger ledger) {
        var lost = new ArrayList<Batch>();
        synchronized (this) {
            long last = ledger.lastOf(id);
            for (var batch : window) {
                if (batch.sequence() <= last) {
                    lost.add(batch);
                }
            }
            window.removeAll(lost);
            reached(index);
        }
        lost.forEach(batch ->
                batch.fail(
                        new QuorumUnavailableException(
                                "the change was decided while this node was behind")));
        pump();
    }

    /// While anything waits, somebody must look at the clock.
    private void keepTicking() {
        boolean idle;
        synchronized (this) {
            idle = window.isEmpty() && waiting.isEmpty();
        }
        if (!idle && ticking.compareAndSet(false, true)) {
            later(
                    TICK_MS,
                    () -> {
                        ticking.set(false);
                        expire();
                        pump();
                    });
        }
    }

    private void expire() {
        long now = System.nanoTime();
        var late = new ArrayList<Submission>();
        synchronized (this) {
            for (var batch : window) {
                if (!batch.isAbandoned() && batch.deadlineNanos() - now <= 0) {
                    late.addAll(batch.submissions());
                    batch.abandon();
                }
            }
            for (var next = waiting.peek();
                    next != null && next.deadlineNanos() - now <= 0;
                    next = waiting.peek()) {
                late.add(next);
                waiting.remove();
            }
        }
        late.forEach(submission ->
                submission.fail(
                        new QuorumUnavailableException(
                                "the metadata quorum did not decide within %d s"
                                        .formatted(PATIENCE_MS / 1000))));
    }

    private static void later(long ms, Runnable task) {
        Executor delayed =
                CompletableFuture.delayedExecutor(
                        ms, TimeUnit.MILLISECONDS, run -> Thread.ofVirtual().start(run));
        delayed.execute(task);
    }
}
