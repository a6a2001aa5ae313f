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

/// A consumer that goes on where it stopped, over and over through 256 MB: from an offset to a
/// stretch of a file, and with `copied` its bytes from the page cache to memory.
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

    private FilledLog filled;
    private MeasuredLog log;
    private ByteBuffer target;
    private long offset;

    @Setup(Level.Trial)
    public void open() {
        filled = FilledLog.write("read", LOG_BYTES, RECORD_BYTES);
        target = copied ? ByteBuffer.allocateDirect(fetchBytes) : null;
        log = MeasuredLog.open(side, filled.root());
    }

    @TearDown(Level.Trial)
    public void close() {
        log.close();
        filled.remove();
    }

    /// Asks next for what did not come whole.
    @Benchmark
    public long read() {
        int bytes = log.read(offset, fetchBytes, copied ? target.clear() : null);
        offset += (long) (bytes / filled.batchBytes()) * filled.records();
        if (offset >= filled.endOffset() || bytes < filled.batchBytes()) {
            offset = 0;
        }
        return offset;
    }
}
