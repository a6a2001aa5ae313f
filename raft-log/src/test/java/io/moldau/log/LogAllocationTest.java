package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records pass through the log without leaving garbage: what an append or a read allocates does
/// not grow with the number of records.
class LogAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 400;
    private static final int FEW = 10;
    private static final int MANY = 1_000;

    /// One byte for two records would be seen; a larger index and what the JVM does beside is not
    /// counted as one.
    private static final double BYTES_PER_RECORD_MAX = 0.5;

    @TempDir private Path folder;

    @Test
    void anAppendAllocatesNothingForARecord() {
        double few = perAppend("few", batch(FEW), AppendMode.CLIENT);
        double many = perAppend("many", batch(MANY), AppendMode.CLIENT);

        assertThat((many - few) / (MANY - FEW)).isLessThan(BYTES_PER_RECORD_MAX);
    }

    @Test
    void anAppendOfAFollowerAllocatesNothingForARecord() {
        double few = perAppend("few", batch(FEW), AppendMode.REPLICA);
        double many = perAppend("many", batch(MANY), AppendMode.REPLICA);

        assertThat((many - few) / (MANY - FEW)).isLessThan(BYTES_PER_RECORD_MAX);
    }

    @Test
    void aReadAllocatesNothingForARecord() {
        double few = perRead("few", batch(FEW));
        double many = perRead("many", batch(MANY));

        assertThat((many - few) / (MANY - FEW)).isLessThan(BYTES_PER_RECORD_MAX);
    }

    private double perAppend(String name, ByteBuffer batch, AppendMode mode) {
        try (var fixture = LogFixture.on(folder.resolve(name))) {
            appendAll(fixture, batch, mode);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            appendAll(fixture, batch, mode);
            return (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) ROUNDS;
        }
    }

    private static void appendAll(LogFixture fixture, ByteBuffer batch, AppendMode mode) {
        for (int i = 0; i < ROUNDS; i++) {
            batch.putLong(0, fixture.log.logEndOffset());
            var result = fixture.log.append(batch, mode, 0, fixture.clock.wallMs());
            assertThat(result instanceof AppendResult.Appended).isTrue();
        }
    }

    private double perRead(String name, ByteBuffer batch) {
        try (var fixture = LogFixture.on(folder.resolve(name))) {
            appendAll(fixture, batch, AppendMode.CLIENT);
            readAll(fixture);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            readAll(fixture);
            return (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) ROUNDS;
        }
    }

    private static void readAll(LogFixture fixture) {
        long end = fixture.log.logEndOffset();
        for (int i = 0; i < ROUNDS; i++) {
            var read = fixture.log.read(end * i / ROUNDS, end, 1 << 16, true);
            read.slice().release();
        }
    }

    private static ByteBuffer batch(int count) {
        var records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(1_700_000_000_000L, new byte[8]);
        }
        var made = MemoryRecords.withRecords(Compression.NONE, records).buffer();
        return ByteBuffer.allocateDirect(made.remaining()).put(made).flip();
    }
}
