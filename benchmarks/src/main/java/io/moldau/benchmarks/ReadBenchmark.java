package io.moldau.benchmarks;

import io.moldau.log.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.FileRecords;
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

/// A consumer that goes on where it stopped, over and over through 256 MB: from an offset to a
/// stretch of a file, and with `copied` its bytes from the page cache to memory.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class ReadBenchmark {
    private static final long LOG_BYTES = 256 << 20;
    private static final int RECORD_BYTES = 1000;

    /// What is read, and how far the consumer is.
    @State(Scope.Thread)
    public static class Data {
        @Param({"65536", "1048576"})
        public int fetchBytes;

        @Param({"false", "true"})
        public boolean copied;

        private FilledLog filled;
        private ByteBuffer target;
        private long offset;

        private void fill() {
            filled = FilledLog.write("read", LOG_BYTES, RECORD_BYTES);
            target = ByteBuffer.allocateDirect(fetchBytes);
        }

        /// A consumer asks next for what it did not get whole.
        private void onRead(int bytes) {
            offset += (long) (bytes / filled.batchBytes()) * filled.records();
            if (offset >= filled.endOffset() || bytes < filled.batchBytes()) {
                offset = 0;
            }
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
    public long moldau(Ours ours) {
        var read =
                ours.log.log().read(ours.data.offset, Long.MAX_VALUE, ours.data.fetchBytes, true);
        if (ours.data.copied) {
            read.slice().readFully(ours.data.target.clear());
        }
        read.slice().release();
        ours.data.onRead(read.sizeBytes());
        return ours.data.offset;
    }

    @Benchmark
    public long kafka(Kafkas theirs) throws IOException {
        var read =
                theirs.log
                        .log()
                        .read(
                                theirs.data.offset,
                                theirs.data.fetchBytes,
                                FetchIsolation.LOG_END,
                                true);
        var slice = (FileRecords) read.records;
        if (theirs.data.copied) {
            slice.readInto(theirs.data.target.clear(), 0);
        }
        theirs.data.onRead(slice.sizeInBytes());
        return theirs.data.offset;
    }
}
