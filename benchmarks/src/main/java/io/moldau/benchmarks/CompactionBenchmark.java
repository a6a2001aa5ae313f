package io.moldau.benchmarks;

import io.moldau.log.LogConfig;
import io.moldau.log.clean.LogCleaner;
import io.moldau.log.clean.Pace;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Compacts 400 MB in segments of 100 MB, records of 16 and 100 bytes, from nothing compacted to
/// all but the last segment. Both sides with Kafka's default memory: 128 MB for keys, 256 KB to
/// read and to write through.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@State(Scope.Thread)
public class CompactionBenchmark {
    private static final long LOG_BYTES = 400L << 20;
    private static final int SEGMENT_BYTES = 100 << 20;
    private static final int VALUE_BYTES = 100;
    private static final int RECORDS_PER_BATCH = 130;
    private static final int MAP_BYTES = 128 << 20;
    private static final int IO_BYTES = 256 << 10;
    private static final double LOAD_FACTOR = 0.9;
    private static final long SEED = 42;

    /// Half a million: of seven records one stays. Four million: few have a successor.
    @Param({"500000", "4000000"})
    public int keys;

    private Path pristine;
    private Path folder;
    private OurLog ours;
    private KafkaLog theirs;
    private SkimpyOffsetMap map;

    @Setup(Level.Trial)
    public void fill() throws Exception {
        pristine = Folders.make("compaction");
        var random = new Random(SEED);
        var log = OurLog.open(pristine, config());
        long nowMs = System.currentTimeMillis();
        for (long written = 0; written < LOG_BYTES; ) {
            var batch = Batches.keyed(random, keys, RECORDS_PER_BATCH, VALUE_BYTES, nowMs);
            written += batch.remaining();
            log.append(batch, nowMs);
        }
        log.directory().close();
        map = new SkimpyOffsetMap(MAP_BYTES);
    }

    private static LogConfig config() {
        return LogConfig.defaults()
                .with("cleanup.policy", "compact")
                .with("segment.bytes", Integer.toString(SEGMENT_BYTES))
                .with("min.cleanable.dirty.ratio", "0");
    }

    @Setup(Level.Invocation)
    public void copy() {
        folder = Folders.make("compacting");
        CpuProfiler.exempt(() -> Folders.copy(pristine, folder));
    }

    @TearDown(Level.Invocation)
    public void close() {
        CpuProfiler.exempt(() -> {
            if (ours != null) {
                ours.close();
            }
            if (theirs != null) {
                theirs.close();
            }
            Folders.remove(folder);
        });
    }

    @TearDown(Level.Trial)
    public void remove() {
        Folders.remove(pristine);
    }

    @Benchmark
    public Object moldau() {
        ours = OurLog.open(folder, config());
        var log = ours.log();
        var job = log.cleaning().begin(System.currentTimeMillis(), log.logEndOffset());
        return new LogCleaner(
                        job,
                        new LogCleaner.Memory(MAP_BYTES, IO_BYTES, LOAD_FACTOR),
                        SEED,
                        Pace.UNBOUND,
                        (group, cleaned) -> log.cleaning().replace(job, group, cleaned))
                .clean();
    }

    @Benchmark
    public Object kafka() throws Exception {
        theirs =
                KafkaLog.open(
                        folder,
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "segment.bytes",
                                Integer.toString(SEGMENT_BYTES)),
                        true);
        var log = theirs.log();
        var _ = log.updateHighWatermark(log.logEndOffset());
        var cleaner =
                new Cleaner(
                        0,
                        map,
                        IO_BYTES,
                        Integer.MAX_VALUE,
                        LOAD_FACTOR,
                        new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", Time.SYSTEM),
                        Time.SYSTEM,
                        _ -> {});
        return cleaner.clean(new LogToClean(log, 0, log.activeSegment().baseOffset(), true));
    }
}
