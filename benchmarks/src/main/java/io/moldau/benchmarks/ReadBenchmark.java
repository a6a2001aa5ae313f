package io.moldau.benchmarks;

import java.nio.ByteBuffer;
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

/// Consumers that go on where they stopped, over and over through 256 MB: from an offset to a
/// stretch of a file, as a fetch has it, and with `copied` its bytes from the page cache to memory.
///
/// With several `readers` they take turns, each at a place of its own, so that what the log
/// remembers of the last read is of use to few of them.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@State(Scope.Thread)
public class ReadBenchmark {
    private static final long LOG_BYTES = 256 << 20;
    private static final int RECORD_BYTES = 1000;

    @Param public Side side;

    @Param({"65536", "1048576"})
    public int fetchBytes;

    @Param({"false", "true"})
    public boolean copied;

    @Param({"1", "100"})
    public int readers;

    private FilledLog filled;
    private MeasuredLog log;
    private ByteBuffer target;
    private long[] offsets;
    private int turn;

    @Setup(Level.Trial)
    public void open() {
        filled = FilledLog.write("read", LOG_BYTES, RECORD_BYTES);
        target = copied ? ByteBuffer.allocateDirect(fetchBytes) : null;
        log = MeasuredLog.open(side, filled.root());
        offsets = new long[readers];
        for (int i = 0; i < readers; i++) {
            offsets[i] = filled.endOffset() * i / readers;
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        log.close();
        filled.remove();
    }

    /// Asks next for what did not come whole.
    @Benchmark
    public long read() {
        turn = turn + 1 < readers ? turn + 1 : 0;
        long offset = offsets[turn];
        int bytes = log.read(offset, fetchBytes, copied ? target.clear() : null);
        offset = nextOffset(offset, bytes / filled.batchBytes());
        offsets[turn] = offset;
        return offset;
    }

    private long nextOffset(long offset, int batches) {
        long batch = offset / filled.records() + batches;
        return batches == 0 || batch * filled.records() >= filled.endOffset()
                ? 0
                : batch * filled.records();
    }
}
