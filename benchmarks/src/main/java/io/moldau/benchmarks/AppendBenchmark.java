package io.moldau.benchmarks;

import io.moldau.log.LogConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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
/// The batches lie where each broker has them when its log is called: ours in memory outside the
/// heap, as they came from the socket, Kafka's on the heap.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class AppendBenchmark {
    private static final int BATCHES = 256;

    /// The batches, and where they go.
    @State(Scope.Thread)
    public static class Data {
        @Param({"100", "1000"})
        public int recordBytes;

        @Param({"false", "true"})
        public boolean idempotent;

        private final CRC32C crc = new CRC32C();
        private final ByteBuffer[] batches = new ByteBuffer[BATCHES];
        private int records;
        private int sequence;
        private Path folder;

        private void build(UnaryOperator<ByteBuffer> place) {
            records = Batches.recordsPerBatch(recordBytes);
            for (int i = 0; i < BATCHES; i++) {
                long nowMs = System.currentTimeMillis();
                batches[i] = place.apply(Batches.build(records, recordBytes, idempotent, nowMs));
            }
        }

        private void begin() {
            folder = Folders.make("append");
            sequence = 0;
        }

        /// As producers send them: the first offset is 0, the sequence goes on.
        private void renew() {
            for (var batch : batches) {
                batch.putLong(0, 0);
                if (idempotent) {
                    Batches.renumber(batch, sequence, crc);
                    sequence += records;
                }
            }
        }
    }

    /// A log of ours, a new one for each iteration.
    @State(Scope.Thread)
    public static class Ours {
        private Data data;
        private OurLog log;

        @Setup(Level.Trial)
        public void build(Data given) {
            data = given;
            data.build(Batches::direct);
        }

        @Setup(Level.Iteration)
        public void open() {
            data.begin();
            log = OurLog.open(data.folder, LogConfig.defaults());
        }

        @Setup(Level.Invocation)
        public void renew() {
            data.renew();
        }

        @TearDown(Level.Iteration)
        public void close() {
            log.close();
            Folders.remove(data.folder);
        }
    }

    /// A log of Kafka's, a new one for each iteration.
    @State(Scope.Thread)
    public static class Kafkas {
        private Data data;
        private KafkaLog log;

        @Setup(Level.Trial)
        public void build(Data given) {
            data = given;
            data.build(Batches::heap);
        }

        @Setup(Level.Iteration)
        public void open() {
            data.begin();
            log = KafkaLog.open(data.folder, Map.of(), true);
        }

        @Setup(Level.Invocation)
        public void renew() {
            data.renew();
        }

        @TearDown(Level.Iteration)
        public void close() {
            log.close();
            Folders.remove(data.folder);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void moldau(Ours ours) {
        long nowMs = System.currentTimeMillis();
        for (var batch : ours.data.batches) {
            ours.log.append(batch, nowMs);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public void kafka(Kafkas theirs) {
        for (var batch : theirs.data.batches) {
            theirs.log.append(batch);
        }
    }
}
