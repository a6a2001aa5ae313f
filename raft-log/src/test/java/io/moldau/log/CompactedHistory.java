package io.moldau.log;

import io.moldau.env.sim.DiskFault;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.CleanedLog.Found;
import io.moldau.log.LogFixture.ManualClock;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.clean.CleanJob;
import io.moldau.log.clean.CleaningStoppedException;
import io.moldau.log.clean.LogCleaner;
import io.moldau.log.clean.Pace;
import io.moldau.log.segment.Segment;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// One random life of a compacted log on a hostile disk, told by a seed: of each key the last
/// record that survived is there, at its offset, and nothing that was not written.
final class CompactedHistory {
    private static final Path ROOT = Path.of("/sim/log");
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Uuid ID = new Uuid(7, 11);
    private static final int KEYS = 6;

    private record Written(String key, String value) {}

    final List<String> trace = new ArrayList<>();
    private final Random random;
    private final SimDisk disk;
    private final ManualClock clock = new ManualClock();
    private final LogConfig config;
    private final LogCleaner.Memory memory;
    private final TreeMap<Long, Written> written = new TreeMap<>();

    /// Where batches end: between them a log may.
    private final List<Long> boundaries = new ArrayList<>(List.of(0L));

    private LogDirectory directory;
    private PartitionLog log;
    private long promised;
    private long stableEnd;

    /// From here on nothing was compacted.
    private long cleanEnd;

    private boolean halfway;

    CompactedHistory(long seed) {
        random = new Random(seed);
        disk = new SimDisk(random.nextLong()).mount(ROOT);
        for (var fault : DiskFault.values()) {
            if (random.nextBoolean()) {
                disk.with(fault);
            }
        }
        config =
                LogConfig.defaults()
                        .with("cleanup.policy", "compact")
                        .with("segment.bytes", Integer.toString(150 + random.nextInt(600)))
                        .with("index.interval.bytes", Integer.toString(40 + random.nextInt(200)))
                        .with("min.cleanable.dirty.ratio", "0")
                        .with("delete.retention.ms", Integer.toString(random.nextInt(5_000)))
                        .with("file.delete.delay.ms", "1000");
        long keys = random.nextBoolean() ? 3 : 1000;
        memory = new LogCleaner.Memory(24 * (keys + 1), 4096, 0.9);
    }

    /// Runs it to its end.
    ///
    /// @throws AssertionError what was promised is not so
    void run() {
        open();
        int steps = 10 + random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(8) == 0) {
                note("power fails soon");
                disk.cutPowerAfter(random.nextInt(40));
            }
            try {
                step();
            } catch (UncheckedIOException e) {
                note("failed: " + e.getMessage());
                stop(disk.isPowerCut());
            }
            if (disk.isPowerCut()) {
                stop(true);
            }
            judge();
        }
    }

    private void note(String what) {
        trace.add(what);
    }

    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> append();
            case 9, 10 -> flush();
            case 11, 12, 13, 14 -> clean();
            case 15 -> checkpoint();
            case 16 -> truncate();
            case 17 -> stop(false);
            case 18 -> stop(true);
            default -> clock.advance(random.nextInt(4_000));
        }
    }

    private void append() {
        var batch = TestBatches.batch();
        long offset = log.logEndOffset();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            var key = "k" + random.nextInt(KEYS);
            var value = random.nextInt(5) == 0 ? null : "v" + (offset + i) + "-" + trace.size();
            batch.record(clock.wallMs(), key, value);
            written.put(offset + i, new Written(key, value));
        }
        boundaries.add(offset + count);
        note("append at " + offset);
        log.append(batch.build(), AppendMode.CLIENT, 0, clock.wallMs());
    }

    private void flush() {
        note("flush");
        log.flush();
        promised = log.logEndOffset();
    }

    private void checkpoint() {
        note("checkpoint");
        directory.checkpoint();
    }

    /// Only what is not committed, and that is never compacted.
    private void truncate() {
        var possible = boundaries.stream().filter(b -> b >= stableEnd).toList();
        long offset = possible.get(random.nextInt(possible.size()));
        note("truncate to " + offset);
        promised = Math.min(promised, offset);
        halfway = true;
        log.truncateTo(offset);
        cutTo(offset);
        halfway = false;
    }

    private void clean() {
        long end = log.logEndOffset();
        stableEnd = Math.max(stableEnd, end - random.nextInt(4));
        stableEnd = Math.min(stableEnd, end);
        note("clean what is stable up to " + stableEnd);
        var job = log.cleaning().begin(clock.wallMs(), stableEnd);
        if (job == null) {
            return;
        }
        cleanEnd = Math.max(cleanEnd, Math.min(stableEnd, log.recoveryPoint()));
        try {
            var cleaner = new LogCleaner(job, memory, 42, Pace.UNBOUND, swap(job));
            var result = cleaner.clean();
            note("cleaned up to " + result.cleanedUpTo());
            if (random.nextBoolean()) {
                disk.cutPowerAfter(random.nextInt(4));
            }
            log.cleaning().finish(job, result.cleanedUpTo());
            directory.checkpointCleaned();
        } catch (CleaningStoppedException e) {
            note("not cleaned: " + e.getMessage());
        }
    }

    private LogCleaner.Swap swap(CleanJob job) {
        return (group, cleaned) -> {
            note("swap " + names(group.size(), cleaned));
            if (random.nextInt(4) == 0) {
                disk.cutPowerAfter(random.nextInt(12));
            }
            return log.cleaning().replace(job, group, cleaned);
        };
    }

    private static String names(int count, Segment cleaned) {
        return "%d from %d".formatted(count, cleaned.baseOffset());
    }

    private void cutTo(long offset) {
        written.tailMap(offset).clear();
        boundaries.removeIf(boundary -> boundary > offset);
        stableEnd = Math.min(stableEnd, offset);
        cleanEnd = Math.min(cleanEnd, offset);
    }

    private void stop(boolean ofTheMachine) {
        note(ofTheMachine ? "the machine stops" : "the process stops");
        boolean whole = !ofTheMachine && !halfway;
        if (ofTheMachine) {
            disk.crash();
        } else {
            disk.cutPowerAfter(Integer.MAX_VALUE);
            disk.kill();
        }
        open();
        long end = log.logEndOffset();
        note("opened up to " + end);
        long before = boundaries.getLast();
        expect(end <= before && end >= promised, "ends at " + end + ", promised " + promised);
        expect(boundaries.contains(end), "ends within a batch, at " + end);
        expect(!whole || end == before, "ends at %d and not at %d".formatted(end, before));
        cutTo(end);
        halfway = false;
    }

    private void open() {
        directory = LogDirectory.open(ROOT, disk, clock, 16);
        log = directory.openLog(PARTITION, ID, config);
        directory.checkpoint(); // As every minute: before the first one, a gap may be Kafka's.
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private void judge() {
        var found = new HashMap<Long, Found>();
        for (var record : CleanedLog.records(log)) {
            found.put(record.offset(), record);
            var due = written.get(record.offset());
            expect(
                    due != null
                            && due.key().equals(record.key())
                            && (due.value() == null
                                    ? record.value() == null
                                    : due.value().equals(record.value())),
                    "%s where %s was written".formatted(record, due));
        }
        for (var last : lastOfEachKey().entrySet()) {
            boolean deleted = written.get(last.getValue()).value() == null;
            expect(
                    deleted || found.containsKey(last.getValue()),
                    "%s is gone from %d".formatted(last.getKey(), last.getValue()));
        }
        for (long offset = cleanEnd; offset < boundaries.getLast(); offset++) {
            expect(found.containsKey(offset), "offset %d is gone".formatted(offset));
        }
    }

    private Map<String, Long> lastOfEachKey() {
        var last = new HashMap<String, Long>();
        written.forEach((offset, record) -> last.put(record.key(), offset));
        return last;
    }
}
