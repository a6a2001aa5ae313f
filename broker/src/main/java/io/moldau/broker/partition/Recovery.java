package io.moldau.broker.partition;

import io.moldau.broker.disk.DataDir;
import io.moldau.env.Clock;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Recovers a node's logs after an unclean stop, some of each data directory at once, and tells how
/// far it has come.
///
/// A replica of several takes no part before its log is recovered. One that is alone serves whoever
/// comes: its log is then recovered at once, out of turn. The shards do nothing else of it, so that
/// partitions with little to read do not wait for those with much, and these come last.
public final class Recovery implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Recovery.class);
    private static final long TELL_EVERY_MS = 5_000;

    /// Nothing to do.
    static final Recovery NONE = new Recovery(Clock.system(), 0, _ -> LogConfig.defaults());

    private final Clock clock;
    private final int threadsPerDirectory;
    private final Function<String, LogConfig> configOf;
    private final List<Work> works = new ArrayList<>();
    private final Map<TopicPartition, Work> awaiting = new ConcurrentHashMap<>();
    private final long beganNanos;
    private volatile CountDownLatch left = new CountDownLatch(0);
    private volatile long bytes;
    private volatile boolean stopped;

    /// What is to be done in one directory.
    private static final class Work {
        final DataDir directory;
        final LogDirectory logs;
        final Queue<Partition> queue = new ArrayDeque<>();
        final List<Thread> threads = new CopyOnWriteArrayList<>();

        Work(DataDir directory, LogDirectory logs) {
            this.directory = directory;
            this.logs = logs;
        }

        synchronized Partition next() {
            return queue.poll();
        }
    }

    private Recovery(Clock clock, int threadsPerDirectory, Function<String, LogConfig> configOf) {
        this.clock = clock;
        this.threadsPerDirectory = threadsPerDirectory;
        this.configOf = configOf;
        this.beganNanos = clock.monotonicNanos();
    }

    /// Finds out which logs were not closed in order; they are awaited from now on, until [#begin].
    ///
    /// @param threadsPerDirectory `num.recovery.threads.per.data.dir`
    /// @param configOf settings of a topic's logs, by its name
    static Recovery of(
            LogStore store,
            Clock clock,
            int threadsPerDirectory,
            Function<String, LogConfig> configOf) {
        var recovery = new Recovery(clock, threadsPerDirectory, configOf);
        for (var directory : store.directories()) {
            var logs = directory.logs();
            if (logs != null && !logs.cleanShutdown()) {
                var work = new Work(directory, logs);
                recovery.works.add(work);
                store.partitionsIn(directory).forEach(name -> recovery.awaiting.put(name, work));
            }
        }
        return recovery;
    }

    /// Whether the partition's log is still to be recovered. Any thread.
    boolean awaits(TopicPartition name) {
        return awaiting.containsKey(name);
    }

    /// The partition is none of this node's any more; another one may come by its name. Any thread.
    void forget(TopicPartition name) {
        awaiting.remove(name);
    }

    /// Begins, on threads of its own.
    ///
    /// @param partitions of this node
    void begin(Map<TopicPartition, Partition> partitions) {
        awaiting.keySet().retainAll(Set.copyOf(partitions.keySet()));
        if (awaiting.isEmpty()) {
            return;
        }
        left = new CountDownLatch(awaiting.size());
        awaiting.forEach((name, work) -> work.queue.add(partitions.get(name)));
        Thread.ofPlatform().name("recovery").daemon(true).start(this::run);
    }

    private void run() {
        try {
            bytes = works.stream().mapToLong(Recovery::sort).sum();
            works.forEach(this::startThreads);
            while (!left.await(TELL_EVERY_MS, TimeUnit.MILLISECONDS)) {
                if (stopped) {
                    return;
                }
                LOGGER.atInfo().log(sentence());
            }
            LOGGER.atInfo()
                    .addKeyValue("bytes", bytes)
                    .addKeyValue("ms", elapsedMs())
                    .log("logs recovered after an unclean stop");
        } catch (InterruptedException e) {
            LOGGER.atDebug().setCause(e).log("recovery ends");
        }
    }

    /// Little comes first. Returns how much all of it is.
    private static long sort(Work work) {
        var sizes = new HashMap<Partition, Long>();
        work.queue.forEach(
                partition -> sizes.put(partition, work.logs.bytesToRecover(partition.name())));
        var sorted = new ArrayList<>(work.queue);
        sorted.sort(Comparator.comparing(sizes::get));
        work.queue.clear();
        work.queue.addAll(sorted);
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private void startThreads(Work work) {
        int count = Math.min(threadsPerDirectory, work.queue.size());
        for (int i = 0; i < count; i++) {
            var name = "recover-%s-%d".formatted(work.directory.root().getFileName(), i);
            work.threads.add(Thread.ofPlatform().name(name).daemon(true).start(() -> work(work)));
        }
    }

    private void work(Work work) {
        for (var next = work.next(); next != null && !stopped; next = work.next()) {
            recover(work, next);
        }
    }

    private void recover(Work work, Partition partition) {
        var name = partition.name();
        try {
            work.logs.openAhead(name, partition.topicId(), configOf.apply(name.topic()));
        } catch (RuntimeException e) { // Whoever uses the log meets the same.
            LOGGER.atWarn().addKeyValue("partition", name).setCause(e).log("log not recovered");
        } finally {
            awaiting.remove(name);
            partition.onRecovered();
            left.countDown();
        }
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - beganNanos);
    }

    /// How many logs of a directory are still to be recovered. Any thread.
    public int logsLeft(DataDir directory) {
        return (int)
                awaiting.values().stream().filter(work -> work.directory.equals(directory)).count();
    }

    /// How far it has come; empty when all logs are there. Any thread.
    public String sentence() {
        long logs = left.getCount();
        if (logs == 0) {
            return "";
        }
        long done = Math.min(bytes, works.stream().mapToLong(w -> w.logs.bytesRecovered()).sum());
        var about =
                done == 0
                        ? ""
                        : ", about %d s left"
                                .formatted(elapsedMs() * (bytes - done) / done / 1_000 + 1);
        return "Logs are recovered after an unclean stop: %d to go, %d of %d MB read%s."
                .formatted(logs, done >> 20, bytes >> 20, about);
    }

    /// Waits for the logs that are being read; the others are recovered at the next start.
    @Override
    public void close() {
        stopped = true;
        try {
            for (var work : works) {
                for (var thread : work.threads) {
                    thread.join();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
