package io.moldau.benchmarks;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The leader's path: one batch of 16 KB from memory, checked, stamped, written to the page cache.
///
/// Each iteration has a log of its own, so that what is measured includes fresh pages of the page
/// cache, as a broker needs them; giving them back is not measured.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@State(Scope.Thread)
public class AppendBenchmark {
    private static final int BATCHES = 256;

    @Param public Side side;

    @Param({"100", "1000"})
    public int recordBytes;

    @Param({"false", "true"})
    public boolean idempotent;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer[] batches = new ByteBuffer[BATCHES];
    private int records;
    private int sequence;
    private Path folder;
    private MeasuredLog log;

    @Setup(Level.Trial)
    public void build() {
        records = Batches.recordsPerBatch(recordBytes);
        long nowMs = System.currentTimeMillis();
        for (int i = 0; i < BATCHES; i++) {
            var batch = Batches.build(records, recordBytes, idempotent, nowMs);
            batches[i] = MeasuredLog.place(side, batch);
        }
    }

    @Setup(Level.Iteration)
    public void open() {
        CpuProfiler.exempt(() -> {
            folder = Folders.make("append");
            sequence = 0;
            log = MeasuredLog.open(side, folder);
        });
    }

    /// As producers send them: the first offset is 0, the sequence goes on.
    @Setup(Level.Invocation)
    public void renew() {
        CpuProfiler.exempt(() -> {
            for (var batch : batches) {
                batch.putLong(0, 0);
                if (idempotent) {
                    Batches.renumber(batch, sequence, crc);
                    sequence += records;
                }
            }
        });
    }

    @TearDown(Level.Iteration)
    public void close() {
        CpuProfiler.exempt(() -> {
            log.close();
            Folders.remove(folder);
        });
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void append() {
        long nowMs = System.currentTimeMillis();
        for (var batch : batches) {
            log.append(batch, nowMs);
        }
    }
}
