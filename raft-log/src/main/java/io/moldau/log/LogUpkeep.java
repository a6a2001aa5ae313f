package io.moldau.log;

import io.moldau.log.clean.IdleRoll;
import io.moldau.log.clean.Retention;
import java.util.ArrayList;

/// What time does to one log: producers are forgotten, segments are closed, segments go. Belongs to
/// the partition's own thread.
final class LogUpkeep {
    private final LogBounds bounds;
    private final LogSegments segments;
    private final EpochCache epochs;
    private final ProducerStore producers;
    private final LogAppender appender;

    private LogConfig config;
    private long dueMs; // Nothing is due before; 0 after whatever may have changed that.

    LogUpkeep(LogBounds bounds, OpenedLog opened, LogAppender appender) {
        this.bounds = bounds;
        this.segments = opened.segments();
        this.epochs = opened.epochs();
        this.producers = opened.producers();
        this.appender = appender;
    }

    void reconfigure(LogConfig newConfig) {
        config = newConfig;
        onChange();
    }

    /// Something may be due earlier than was believed.
    void onChange() {
        dueMs = 0;
    }

    /// See [PartitionLog#maintain].
    boolean run(long nowMs, long highWatermark) {
        if (nowMs < dueMs) {
            return false;
        }
        var known = producers.loaded();
        long nextMs =
                known == null
                        ? Long.MAX_VALUE
                        : known.expire(nowMs, config.producerIdExpirationMs());
        boolean dropped = false;
        if (!segments.isEmpty()) {
            int expired = expired(nowMs, highWatermark);
            // The log must know where it ends.
            if (expired == segments.count() || rollDueMs() <= nowMs) {
                appender.roll(nowMs);
            }
            if (expired > 0) {
                drop(expired, nowMs);
                bounds.startAt(Math.max(bounds.startOffset(), segments.first().baseOffset()));
                dropped = true;
            }
            nextMs = Math.min(nextMs, Math.min(rollDueMs(), expiryMs()));
        }
        dueMs = nextMs;
        return dropped;
    }

    private Retention retention() {
        return config.deletes()
                ? new Retention(config.retentionMs(), config.retentionBytes())
                : Retention.NONE;
    }

    private long rollDueMs() {
        var active = segments.last();
        if (active.sizeBytes() == 0) {
            return Long.MAX_VALUE;
        }
        return new IdleRoll(appender.segmentMs(active), retention().retentionMs())
                .dueMs(active.startedMs(), appender.lastAppendMs());
    }

    /// When the oldest segment may go. In the past while the high watermark holds it.
    private long expiryMs() {
        var oldest = segments.first();
        return oldest.sizeBytes() == 0
                ? Long.MAX_VALUE
                : retention().expiryMs(oldest.largestTimestampMs());
    }

    private int expired(long nowMs, long highWatermark) {
        var candidates =
                segments.all().stream()
                        .map(segment ->
                                new Retention.Candidate(
                                        segment.sizeBytes(), segment.largestTimestampMs()))
                        .toList();
        int expired = retention().expired(candidates, nowMs);
        if (expired == segments.count() && segments.last().sizeBytes() == 0) {
            expired--;
        }
        while (expired > 0 && segments.endOffset(expired - 1, bounds.endOffset()) > highWatermark) {
            expired--;
        }
        return expired;
    }

    /// See [PartitionLog#facts].
    LogFacts facts(long nowMs, long stableEnd, LogCleaning cleaning, long recoveryPoint) {
        var facts = new ArrayList<LogFacts.Segment>(segments.count());
        for (int i = 0; i < segments.count(); i++) {
            var segment = segments.get(i);
            facts.add(
                    new LogFacts.Segment(
                            segment.baseOffset(),
                            segments.endOffset(i, bounds.endOffset()),
                            segment.sizeBytes(),
                            segment.startedMs(),
                            segment.largestTimestampMs()));
        }
        long segmentMs =
                segments.isEmpty() ? config.segmentMsMax() : appender.segmentMs(segments.last());
        return new LogFacts(
                facts,
                segmentMs,
                appender.lastAppendMs(),
                cleaning.plan(nowMs, stableEnd),
                cleaning.cleanedUpTo(),
                Math.min(stableEnd, recoveryPoint));
    }

    /// Gives up the oldest segments.
    void drop(int count, long nowMs) {
        if (count > 0) {
            if (count < segments.count()) {
                producers.secure(segments, segments.get(count).baseOffset(), nowMs);
            }
            segments.dropFirst(count, nowMs + config.fileDeleteDelayMs());
            producers.dropBelow(segments.first().baseOffset());
            // Not up to the log start: a crash may take that back, and the records are still there.
            epochs.sound(segments).truncateFromStart(segments.first().baseOffset());
            bounds.resize(segments.sizeBytes());
        }
    }
}
