package io.moldau.log.explain;

import io.moldau.log.LogConfig;
import io.moldau.log.LogFacts;
import io.moldau.log.clean.IdleRoll;
import io.moldau.log.clean.Retention;
import io.moldau.log.explain.SegmentReport.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Explains every segment of one log by the rules that act on it. Pure: the time is given.
public final class LogExplanation {
    private final LogFacts log;
    private final LogConfig config;
    private final long nowMs;
    private final long highWatermark;
    private final String soon;
    private final Retention retention;
    private final int expired;

    private LogExplanation(
            LogFacts log, LogConfig config, long nowMs, long highWatermark, long checkEveryMs) {
        this.log = log;
        this.config = config;
        this.nowMs = nowMs;
        this.highWatermark = highWatermark;
        this.soon = "at the next check, within " + Amounts.time(checkEveryMs);
        this.retention =
                config.deletes()
                        ? new Retention(config.retentionMs(), config.retentionBytes())
                        : Retention.NONE;
        this.expired =
                retention.expired(
                        log.segments().stream()
                                .map(segment ->
                                        new Retention.Candidate(
                                                segment.sizeBytes(), segment.largestTimestampMs()))
                                .toList(),
                        nowMs);
    }

    /// One report for each segment, from the oldest to the newest.
    ///
    /// @param checkEveryMs `log.retention.check.interval.ms`
    public static List<SegmentReport> of(
            LogFacts log, LogConfig config, long nowMs, long highWatermark, long checkEveryMs) {
        var explanation = new LogExplanation(log, config, nowMs, highWatermark, checkEveryMs);
        var reports = new ArrayList<SegmentReport>();
        for (int i = 0; i < log.segments().size(); i++) {
            reports.add(explanation.report(i));
        }
        return reports;
    }

    private SegmentReport report(int index) {
        var segment = log.segments().get(index);
        boolean active = index == log.segments().size() - 1;
        if (active && segment.sizeBytes() == 0) {
            return new SegmentReport(
                    segment, true, Fate.KEPT, Long.MAX_VALUE, "empty: the next record comes here");
        }
        if (index < expired) {
            return expired(segment, active);
        }
        if (active) {
            return active(segment);
        }
        if (!config.compacts()) {
            return closed(index, segment);
        }
        var compaction = compaction(index, segment);
        return config.deletes() ? both(compaction, closed(index, segment)) : compaction;
    }

    /// The sooner of the two, and both reasons.
    private static SegmentReport both(SegmentReport compaction, SegmentReport deletion) {
        var sooner = compaction.dueMs() <= deletion.dueMs() ? compaction : deletion;
        return new SegmentReport(
                sooner.segment(),
                false,
                sooner.next(),
                sooner.dueMs(),
                compaction.why() + "; " + deletion.why());
    }

    private SegmentReport compaction(int index, LogFacts.Segment segment) {
        var plan = log.cleaning();
        if (segment.endOffset() <= log.cleanedUpTo()) {
            return new SegmentReport(
                    segment, false, Fate.KEPT, Long.MAX_VALUE, "compacted already");
        }
        if (index < plan.segments()) {
            return plan.due()
                    ? new SegmentReport(segment, false, Fate.COMPACTED, nowMs, whyDue())
                    : new SegmentReport(
                            segment, false, Fate.COMPACTED, Long.MAX_VALUE, whyNotDue());
        }
        if (segment.endOffset() > log.cleanableEnd()) {
            return new SegmentReport(
                    segment,
                    false,
                    Fate.COMPACTED,
                    Long.MAX_VALUE,
                    "not all its records are committed, decided and on the disk: that is so up to offset %d"
                            .formatted(log.cleanableEnd()));
        }
        long lagMs = config.minCompactionLagMs();
        long dueMs = segment.largestTimestampMs() + lagMs;
        if (lagMs > 0 && dueMs > nowMs) {
            return new SegmentReport(
                    segment,
                    false,
                    Fate.COMPACTED,
                    dueMs,
                    "%s, min.compaction.lag.ms is %s"
                            .formatted(newest(segment), Amounts.time(lagMs)));
        }
        return new SegmentReport(
                segment, false, Fate.COMPACTED, Long.MAX_VALUE, "an older segment has to wait");
    }

    private String whyDue() {
        var plan = log.cleaning();
        return plan.overdue()
                ? "max.compaction.lag.ms, %s, is over: compacted next"
                        .formatted(Amounts.time(config.maxCompactionLagMs()))
                : "dirty ratio %s > min.cleanable.dirty.ratio %s: compacted next"
                        .formatted(
                                ratio(plan.dirtyRatio()), ratio(config.minCleanableDirtyRatio()));
    }

    private String whyNotDue() {
        return "min.cleanable.dirty.ratio not reached: %s of %s"
                .formatted(
                        ratio(log.cleaning().dirtyRatio()), ratio(config.minCleanableDirtyRatio()));
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, value > 0 && value < 0.01 ? "%.4f" : "%.2f", value)
                .replaceAll("0+$", "")
                .replaceAll("\\.$", "");
    }

    private SegmentReport expired(LogFacts.Segment segment, boolean active) {
        var cause = expiredBy(segment);
        if (segment.endOffset() > highWatermark) {
            var why =
                    "%s, but the records are not all committed: the high watermark is %d"
                            .formatted(cause, highWatermark);
            return new SegmentReport(segment, active, Fate.DELETED, Long.MAX_VALUE, why);
        }
        return new SegmentReport(
                segment, active, Fate.DELETED, nowMs, "%s: deleted %s".formatted(cause, soon));
    }

    private String expiredBy(LogFacts.Segment segment) {
        return nowMs >= retention.expiryMs(segment.largestTimestampMs())
                ? newest(segment) + ", retention.ms is " + Amounts.time(retention.retentionMs())
                : "the log has %s, retention.bytes is %s"
                        .formatted(
                                Amounts.size(log.sizeBytes()),
                                Amounts.size(retention.retentionBytes()));
    }

    private String newest(LogFacts.Segment segment) {
        long ageMs = nowMs - segment.largestTimestampMs();
        return ageMs >= 0
                ? "newest record %s old".formatted(Amounts.time(ageMs))
                : "newest record dated %s in the future".formatted(Amounts.time(-ageMs));
    }

    private SegmentReport active(LogFacts.Segment segment) {
        long dueMs =
                new IdleRoll(log.segmentMs(), retention.retentionMs())
                        .dueMs(segment.startedMs(), log.lastAppendMs());
        if (!config.deletes() && !config.compacts()) {
            return new SegmentReport(
                    segment, true, Fate.KEPT, Long.MAX_VALUE, "active; cleanup.policy is empty");
        }
        var full = "or when it reaches " + Amounts.size(config.segmentBytes());
        var why =
                "active segment; %s; closes %s, %s%s"
                        .formatted(newest(segment), in(dueMs), full, goneOtherwise(segment));
        return new SegmentReport(segment, true, Fate.CLOSED, dueMs, why);
    }

    private String goneOtherwise(LogFacts.Segment segment) {
        long expiryMs = retention.expiryMs(segment.largestTimestampMs());
        return expiryMs == Long.MAX_VALUE
                ? ""
                : "; deleted in %s if nothing more comes".formatted(Amounts.time(expiryMs - nowMs));
    }

    private String in(long dueMs) {
        if (dueMs == Long.MAX_VALUE) {
            return "never for its age";
        }
        return dueMs <= nowMs ? soon : "in " + Amounts.time(dueMs - nowMs);
    }

    private SegmentReport closed(int index, LogFacts.Segment segment) {
        if (!config.deletes()) {
            return new SegmentReport(
                    segment,
                    false,
                    Fate.KEPT,
                    Long.MAX_VALUE,
                    "kept for ever: cleanup.policy is empty");
        }
        long expiryMs = retention.expiryMs(segment.largestTimestampMs());
        if (expiryMs == Long.MAX_VALUE) {
            return new SegmentReport(
                    segment, false, Fate.KEPT, expiryMs, "retention.ms is -1, " + roomLeft(index));
        }
        if (expiryMs <= nowMs) {
            var why =
                    newest(segment) + ", but an older segment stays, and retention leaves no hole";
            return new SegmentReport(segment, false, Fate.DELETED, Long.MAX_VALUE, why);
        }
        var why =
                "%s, retention.ms is %s: deleted in %s"
                        .formatted(
                                newest(segment),
                                Amounts.time(retention.retentionMs()),
                                Amounts.time(expiryMs - nowMs));
        return new SegmentReport(segment, false, Fate.DELETED, expiryMs, why);
    }

    /// How much more must be written before size takes this segment away.
    private String roomLeft(int index) {
        if (retention.retentionBytes() < 0) {
            return "and so is retention.bytes: kept for ever";
        }
        long behind = 0;
        for (var later : log.segments().subList(index + 1, log.segments().size())) {
            behind += later.sizeBytes();
        }
        return "retention.bytes is %s: deleted after %s more"
                .formatted(
                        Amounts.size(retention.retentionBytes()),
                        Amounts.size(Math.max(0, retention.retentionBytes() - behind)));
    }
}
