package io.moldau.broker.shard;

import io.moldau.env.Clock;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that owns what is handed to it: tasks run one after the other, in the order in which
/// they came.
///
/// Whatever belongs to a shard (a partition's log, a group's state) is touched by its thread alone
/// and needs no lock. Tasks must not block on another shard.
///
/// A task that throws is logged and the next one runs: what a task promised to answer is its own
/// business.
public final class Shard implements Executor, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shard.class);

    /// Tasks taken between two looks at the timers.
    private static final int TASKS_PER_ROUND = 256;

    private final int index;
    private final Clock clock;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final AtomicLong timerSequence = new AtomicLong();
    private volatile boolean parked;
    private volatile boolean closing;

    Shard(int index, String name, Clock clock) {
        this.index = index;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Position of this shard among its siblings, from 0.
    public int index() {
        return index;
    }

    /// Hands over `task` from any thread.
    ///
    /// @throws RejectedExecutionException the shard is closed
    @Override
    public void execute(Runnable task) {
        if (closing) {
            throw new RejectedExecutionException("shard " + thread.getName() + " is closed");
        }
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /// As [#execute], for callers that may outlive the shard; false if it is closed.
    public boolean offer(Runnable task) {
        try {
            execute(task);
            return true;
        } catch (RejectedExecutionException _) {
            return false;
        }
    }

    /// True on this shard's own thread.
    public boolean inShard() {
        return thread.equals(Thread.currentThread());
    }

    /// Runs `task` on the shard once `delayMs` have passed. May be called from any thread.
    public Timer schedule(long delayMs, Runnable task) {
        long dueNanos = clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(delayMs);
        var timer = new Timer(dueNanos, timerSequence.getAndIncrement(), task);
        if (inShard()) {
            timers.add(timer);
        } else {
            execute(() -> timers.add(timer));
        }
        return timer;
    }

    /// Runs what is queued and due, here and now: for a shard without a thread, see
    /// [Shards#driven].
    ///
    /// @return the monotonic nanosecond at which the next timer is due; [Long#MAX_VALUE] if none is
    public long runDue() {
        boolean worked;
        do {
            worked = runTasks();
            worked |= runTimers();
        } while (worked);
        var next = timers.peek();
        return next == null ? Long.MAX_VALUE : next.dueNanos();
    }

    private void run() {
        while (true) {
            boolean worked = runTasks();
            worked |= runTimers();
            if (worked) {
                continue;
            }
            if (closing && tasks.isEmpty()) {
                return;
            }
            park();
        }
    }

    private boolean runTasks() {
        for (int i = 0; i < TASKS_PER_ROUND; i++) {
            var task = tasks.poll();
            if (task == null) {
                return i > 0;
            }
            runSafely(task);
        }
        return true;
    }

    private boolean runTimers() {
        boolean worked = false;
        for (var timer = timers.peek(); timer != null; timer = timers.peek()) {
            if (!timer.isCancelled() && timer.dueNanos() - clock.monotonicNanos() > 0) {
                break;
            }
            timers.poll();
            var task = timer.take();
            if (task != null) {
                runSafely(task);
                worked = true;
            }
        }
        return worked;
    }

    /// Sleeps until a task arrives or the next timer is due. The flag is raised before the last
    /// look at the queue, so a task that arrives in between is seen by one side or the other.
    private void park() {
        parked = true;
        if (tasks.isEmpty() && !closing) {
            var next = timers.peek();
            if (next == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, next.dueNanos() - clock.monotonicNanos()));
            }
        }
        parked = false;
    }

    @SuppressWarnings("CatchingUnchecked") // The thread serves many: one bad task must not end it.
    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("shard task failed");
        }
    }

    /// Runs what is queued, drops the timers and ends the thread. Waits for it unless called from
    /// the shard itself.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (!inShard()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
