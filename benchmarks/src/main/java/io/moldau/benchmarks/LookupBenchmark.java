package io.moldau.benchmarks;

import io.moldau.log.LogConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.storage.log.FetchIsolation;
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
public class LookupBenchmark {
    private static final long LOG_BYTES = 512 << 20;
    private static final int RECORD_BYTES = 100;
    private static final int NEAR_BATCHES = 200;

    /// What is looked up.
    @State(Scope.Thread)
    public static class Data {
        @Param({"anywhere", "nearEnd"})
        public String where;

        private final SplittableRandom random = new SplittableRandom(42);
        private FilledLog filled;
        private long from;

        private void fill() {
            filled = FilledLog.write("lookup", LOG_BYTES, RECORD_BYTES);
            from =
                    where.equals("nearEnd")
                            ? filled.endOffset() - (long) NEAR_BATCHES * filled.records()
                            : 0;
        }

        private long offset() {
            return random.nextLong(from, filled.endOffset());
        }

        private long timestamp() {
            return filled.firstTimestampMs() + offset() / filled.records();
        }
    }

    /// The filled log, opened by us.
    @State(Scope.Thread)
    public static class Ours {
        private Data data;
        private OurLog log;

        @Setup(Level.Trial)
        public void open(Data given) {
            data = given;
            given.fill();
            log = OurLog.open(given.filled.root(), LogConfig.defaults());
        }

        @TearDown(Level.Trial)
        public void close() {
            log.close();
            data.filled.remove();
        }
    }

    /// The filled log, opened by Kafka.
    @State(Scope.Thread)
    public static class Kafkas {
        private Data data;
        private KafkaLog log;

        @Setup(Level.Trial)
        public void open(Data given) {
            data = given;
            given.fill();
            log = KafkaLog.open(given.filled.root(), Map.of(), true);
        }

        @TearDown(Level.Trial)
        public void close() {
            log.close();
            data.filled.remove();
        }
    }

    @Benchmark
    public Object moldauOffset(Ours ours) {
        var read =
                ours.log.log().read(ours.data.offset(), Long.MAX_VALUE, Batches.BATCH_BYTES, true);
        read.slice().release();
        return read;
    }

    @Benchmark
    public Object kafkaOffset(Kafkas theirs) throws IOException {
        return theirs.log
                .log()
                .read(theirs.data.offset(), Batches.BATCH_BYTES, FetchIsolation.LOG_END, true);
    }

    @Benchmark
    public Object moldauTimestamp(Ours ours) {
        return ours.log.log().offsetForTimestamp(ours.data.timestamp());
    }

    @Benchmark
    public Object kafkaTimestamp(Kafkas theirs) {
        return theirs.log.log().fetchOffsetByTimestamp(theirs.data.timestamp(), Optional.empty());
    }
}
