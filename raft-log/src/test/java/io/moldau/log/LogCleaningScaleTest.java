package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Disk;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.clean.LogCleaner;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log of many keys, on the real disk: what a round of compaction costs, and that its memory is
/// bounded however many keys there are.
///
/// System properties: `moldau.clean.keys` (20,000; each is written twice),
/// `moldau.clean.value.bytes` (100), `moldau.clean.map.bytes` (a third of what the keys would
/// need).
class LogCleaningScaleTest {
    private static final int KEYS = Integer.getInteger("moldau.clean.keys", 20_000);
    private static final int VALUE_BYTES = Integer.getInteger("moldau.clean.value.bytes", 100);
    private static final long MAP_BYTES = Long.getLong("moldau.clean.map.bytes", KEYS * 8L);
    private static final int BATCH_BYTES = 16 * 1024;
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("cleanup.policy", "compact")
                    .with("segment.bytes", Integer.toString(Math.max(1 << 20, KEYS * 25)));

    @TempDir Path root;

    @Test
    void leavesOneRecordForEachKeyWithBoundedMemory() {
        var fixture = new LogFixture(root, Disk.system(), CONFIG);
        fill(fixture);
        var memory = new LogCleaner.Memory(MAP_BYTES, 256 * 1024, 0.9);

        int rounds = 0;
        long kept = 0;
        for (var done = timed(fixture, memory); done != null; done = timed(fixture, memory)) {
            assertThat(done.keys() * 24L).isLessThanOrEqualTo(MAP_BYTES);
            kept = done.recordsKept();
            rounds++;
        }

        assertThat(kept).isEqualTo(KEYS);
        System.out.printf(
                "%d rounds, %d keys, %d MB for their map, in a heap of at most %d MB%n",
                rounds, kept, MAP_BYTES >> 20, Runtime.getRuntime().maxMemory() >> 20);
        fixture.close();
    }

    private static LogCleaner.Result timed(LogFixture fixture, LogCleaner.Memory memory) {
        var threads = ManagementFactory.getThreadMXBean();
        long begin = System.nanoTime();
        long cpuBegin = threads.getCurrentThreadCpuTime();
        var result = CleanedLog.clean(fixture, memory);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (threads.getCurrentThreadCpuTime() - cpuBegin) / 1e9;
        if (result != null) {
            System.out.printf(
                    "up to %d: %d keys in the map, %d of %d records kept, %d MB to %d MB,"
                            + " %.2f s (%.2f s of CPU): %.0f records/s, %.0f MB/s of the log"
                            + " (%.0f and %.0f by CPU)%n",
                    result.cleanedUpTo(),
                    result.keys(),
                    result.recordsKept(),
                    result.recordsRead(),
                    result.bytesBefore() >> 20,
                    result.bytesAfter() >> 20,
                    seconds,
                    cpuSeconds,
                    result.recordsRead() / seconds,
                    result.bytesBefore() / seconds / 1e6,
                    result.recordsRead() / cpuSeconds,
                    result.bytesBefore() / cpuSeconds / 1e6);
        }
        return result;
    }

    /// Every key twice, in an order of no pattern, and one segment behind them that stays open.
    private static void fill(LogFixture fixture) {
        var random = new Random(3);
        var buffer = ByteBuffer.allocate(2 * BATCH_BYTES);
        var value = new byte[VALUE_BYTES];
        long step = 2L * KEYS / 3 | 1;
        while (gcd(step, KEYS) != 1) {
            step += 2;
        }
        for (long i = 0; i < 2L * KEYS; ) {
            buffer.clear();
            var batch =
                    MemoryRecords.builder(buffer, Compression.NONE, TimestampType.CREATE_TIME, 0L);
            for (; i < 2L * KEYS && batch.estimatedSizeInBytes() < BATCH_BYTES; i++) {
                random.nextBytes(value);
                batch.append(
                        1_000 + i, ByteBuffer.allocate(8).putLong(i * step % KEYS).array(), value);
            }
            fixture.append(batch.build().buffer());
        }
        fixture.log.reconfigure(CONFIG.with("segment.bytes", "200"));
        fixture.append(TestBatches.batchOf(1));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
