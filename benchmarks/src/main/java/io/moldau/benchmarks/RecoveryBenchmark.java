package io.moldau.benchmarks;

import java.util.Map;
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

/// Opens a segment of 1 GB of which nothing is known but its bytes: all is read, each checksum is
/// computed, the indexes are written anew.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@State(Scope.Thread)
public class RecoveryBenchmark {
    private static final long LOG_BYTES = 1000L << 20;

    @Param({"100", "1000"})
    public int recordBytes;

    private FilledLog data;
    private AutoCloseable opened;

    @Setup(Level.Trial)
    public void fill() {
        data = FilledLog.write("recovery", LOG_BYTES, recordBytes);
    }

    @Setup(Level.Invocation)
    public void forget() {
        data.forgetAllButRecords();
    }

    @TearDown(Level.Invocation)
    public void close() throws Exception {
        opened.close();
    }

    @TearDown(Level.Trial)
    public void remove() {
        data.remove();
    }

    @Benchmark
    public long moldau() {
        var ours = OurLog.open(data.root());
        opened = ours;
        return ours.log().logEndOffset();
    }

    @Benchmark
    public long kafka() {
        var theirs = KafkaLog.open(data.root(), Map.of(), false);
        opened = theirs;
        return theirs.log().logEndOffset();
    }
}
