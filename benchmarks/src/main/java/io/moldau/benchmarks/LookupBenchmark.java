package io.moldau.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/// From an offset, or from a time, to a place in a segment of 512 MB: anywhere in it, or among the
/// last few hundred batches, where most readers are.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@State(Scope.Thread)
public class LookupBenchmark {
    private static final long LOG_BYTES = 512 << 20;
    private static final int RECORD_BYTES = 100;
    private static final int NEAR_BATCHES = 200;

    @Param public Side side;

    @Param({"anywhere", "nearEnd"})
    public String where;

    private final SplittableRandom random = new SplittableRandom(42);
    private FilledLog filled;
    private MeasuredLog log;
    private long from;

    @Setup(Level.Trial)
    public void open() {
        filled = FilledLog.write("lookup", LOG_BYTES, RECORD_BYTES);
        from =
                where.equals("nearEnd")
                        ? filled.endOffset() - (long) NEAR_BATCHES * filled.records()
                        : 0;
        log = MeasuredLog.open(side, filled.root());
    }

    @TearDown(Level.Trial)
    public void close() {
        log.close();
        filled.remove();
    }

    private long anOffset() {
        return random.nextLong(from, filled.endOffset());
    }

    @Benchmark
    public int offset() {
        return log.read(anOffset(), Batches.BATCH_BYTES, null);
    }

    @Benchmark
    public Object timestamp() {
        return log.offsetFor(filled.firstTimestampMs() + anOffset() / filled.records());
    }
}
