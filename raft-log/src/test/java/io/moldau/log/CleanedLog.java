package io.moldau.log;

import io.moldau.log.clean.CleanJob;
import io.moldau.log.clean.LogCleaner;
import io.moldau.log.clean.Pace;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Compacts a log as the broker does, but on the caller's thread; and reads one that has gaps.
final class CleanedLog {
    static final LogCleaner.Memory AMPLE = new LogCleaner.Memory(1 << 20, 64 * 1024, 0.9);

    private CleanedLog() {}

    /// A record as it is read.
    record Found(long offset, String key, String value, long timestampMs) {
        @Override
        public String toString() {
            return offset + ":" + key + "=" + value;
        }
    }

    static LogCleaner.Result clean(LogFixture fixture) {
        return clean(fixture, AMPLE);
    }

    /// Flushes, compacts what is closed and writes down how far. Null when nothing was to be done.
    static LogCleaner.Result clean(LogFixture fixture, LogCleaner.Memory memory) {
        fixture.log.flush();
        var cleaning = fixture.log.cleaning();
        var job = cleaning.begin(fixture.clock.wallMs(), fixture.log.logEndOffset());
        if (job == null) {
            return null;
        }
        var result = cleaner(fixture.log, job, memory).clean();
        cleaning.finish(job, result.cleanedUpTo());
        fixture.directory().checkpointCleaned();
        return result;
    }

    static LogCleaner cleaner(PartitionLog log, CleanJob job, LogCleaner.Memory memory) {
        return new LogCleaner(
                job,
                memory,
                42,
                Pace.UNBOUND,
                (group, cleaned) -> log.cleaning().replace(job, group, cleaned));
    }

    /// All that a consumer would be given from the log's start on.
    static List<Found> records(PartitionLog log) {
        return records(log, log.logStartOffset());
    }

    static List<Found> records(PartitionLog log, long from) {
        var all = new ArrayList<Found>();
        long next = from;
        while (next < log.logEndOffset()) {
            var bytes = LogFixture.bytes(log.read(next, Long.MAX_VALUE, 1 << 20, true));
            if (!bytes.hasRemaining()) {
                break;
            }
            for (var batch : MemoryRecords.readableRecords(bytes).batches()) {
                batch.ensureValid();
                for (var record : batch) {
                    if (record.offset() >= from) {
                        all.add(
                                new Found(
                                        record.offset(),
                                        text(record.key()),
                                        text(record.value()),
                                        record.timestamp()));
                    }
                }
                next = batch.nextOffset();
            }
        }
        return all;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    static List<String> texts(PartitionLog log) {
        return records(log).stream().map(Found::toString).toList();
    }
}
