package io.moldau.log.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.LogConfig;
import io.moldau.log.LogFacts;
import io.moldau.log.clean.CleanPlan;
import io.moldau.log.explain.SegmentReport.Fate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogExplanationTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;
    private static final long EVERYTHING = Long.MAX_VALUE;
    private static final CleanPlan NOTHING = new CleanPlan(0, 0, 0, 0, false, false);

    /// Segments of 100 records and one megabyte each, by the age of their newest record.
    private static LogFacts segments(long... agesMs) {
        var segments =
                Stream.iterate(0, i -> i < agesMs.length, i -> i + 1)
                        .map(i ->
                                new LogFacts.Segment(
                                        i * 100L,
                                        (i + 1) * 100L,
                                        1 << 20,
                                        NOW - agesMs[i] - MINUTE,
                                        NOW - agesMs[i]))
                        .toList();
        return facts(segments, NOTHING, 0);
    }

    private static LogFacts facts(
            List<LogFacts.Segment> segments, CleanPlan cleaning, long cleanedUpTo) {
        return new LogFacts(
                segments,
                LogConfig.defaults().segmentMs(),
                segments.getLast().largestTimestampMs(),
                cleaning,
                cleanedUpTo,
                200);
    }

    private static List<SegmentReport> explain(LogFacts log, LogConfig config, long highWatermark) {
        return LogExplanation.of(log, config, NOW, highWatermark, 5 * MINUTE);
    }

    private static List<SegmentReport> explain(LogFacts log, LogConfig config) {
        return explain(log, config, EVERYTHING);
    }

    private static LogConfig with(String name, String value) {
        return LogConfig.defaults().with(name, value);
    }

    @Test
    void saysHowLongAClosedSegmentIsKept() {
        var reports = explain(segments(3 * MINUTE, MINUTE), LogConfig.defaults());

        assertThat(reports.getFirst().why())
                .isEqualTo("newest record 3 min old, retention.ms is 7 d: deleted in 6.9 d");
        assertThat(reports.getFirst().next()).isEqualTo(Fate.DELETED);
        assertThat(reports.getFirst().dueMs()).isEqualTo(NOW - 3 * MINUTE + 7 * DAY + 1);
    }

    @Test
    void saysWhenTheActiveSegmentCloses() {
        var reports = explain(segments(MINUTE), LogConfig.defaults());

        assertThat(reports.getFirst().next()).isEqualTo(Fate.CLOSED);
        assertThat(reports.getFirst().why())
                .isEqualTo(
                        "active segment; newest record 60 s old; closes in 6.9 d, or when it reaches 1 GB; deleted in 6.9 d if nothing more comes");
    }

    @Test
    void saysThatTheActiveSegmentIsClosedForItsOldRecords() {
        // given: its first record is a minute older than its newest
        var config = with("retention.ms", "90000");

        // when
        var report = explain(segments(40_000), config).getFirst();

        // then
        assertThat(report.next()).isEqualTo(Fate.CLOSED);
        assertThat(report.dueMs()).isLessThanOrEqualTo(NOW);
        assertThat(report.why()).contains("closes at the next check, within 5 min");
    }

    @Test
    void saysWhatGoesAtTheNextCheck() {
        var report = explain(segments(8 * DAY, MINUTE), LogConfig.defaults()).getFirst();

        assertThat(report.next()).isEqualTo(Fate.DELETED);
        assertThat(report.dueMs()).isEqualTo(NOW);
        assertThat(report.why())
                .isEqualTo(
                        "newest record 8 d old, retention.ms is 7 d: deleted at the next check, within 5 min");
    }

    @Test
    void saysThatRecordsWhichAreNotCommittedStay() {
        var report = explain(segments(8 * DAY, MINUTE), LogConfig.defaults(), 50).getFirst();

        assertThat(report.dueMs()).isEqualTo(Long.MAX_VALUE);
        assertThat(report.why())
                .isEqualTo(
                        "newest record 8 d old, retention.ms is 7 d, but the records are not all committed: the high watermark is 50");
    }

    @Test
    void saysThatAnOlderSegmentStandsBefore() {
        var report = explain(segments(MINUTE, 8 * DAY, 0), LogConfig.defaults()).get(1);

        assertThat(report.why())
                .isEqualTo(
                        "newest record 8 d old, but an older segment stays, and retention leaves no hole");
    }

    @Test
    void saysThatTheLogIsTooLarge() {
        var config = with("retention.bytes", Integer.toString(2 << 20));
        var reports = explain(segments(MINUTE, MINUTE, MINUTE), config);

        assertThat(reports.getFirst().why())
                .isEqualTo(
                        "the log has 3 MB, retention.bytes is 2 MB: deleted at the next check, within 5 min");
    }

    @Test
    void saysHowMuchMoreMustComeBeforeSizeTakesASegment() {
        var config = with("retention.bytes", Integer.toString(5 << 20)).with("retention.ms", "-1");
        var reports = explain(segments(MINUTE, MINUTE, MINUTE), config);

        assertThat(reports.getFirst().why())
                .isEqualTo("retention.ms is -1, retention.bytes is 5 MB: deleted after 3 MB more");
    }

    @Test
    void saysWhatIsKeptForEver() {
        var report = explain(segments(MINUTE, MINUTE), with("retention.ms", "-1")).getFirst();

        assertThat(report.next()).isEqualTo(Fate.KEPT);
        assertThat(report.why())
                .isEqualTo("retention.ms is -1, and so is retention.bytes: kept for ever");
    }

    @Test
    void saysThatARecordIsOfTheFuture() {
        var report = explain(segments(-120 * MINUTE, 0), LogConfig.defaults()).getFirst();

        assertThat(report.why())
                .isEqualTo(
                        "newest record dated 2 h in the future, retention.ms is 7 d: deleted in 7 d");
    }

    @Test
    void saysThatAnEmptySegmentWaits() {
        var empty = facts(List.of(new LogFacts.Segment(100, 100, 0, NOW, -1)), NOTHING, 0);

        assertThat(explain(empty, LogConfig.defaults()).getFirst().why())
                .isEqualTo("empty: the next record comes here");
    }

    private static List<SegmentReport> compacted(CleanPlan plan, long cleanedUpTo, String policy) {
        var log = facts(segments(3 * MINUTE, 2 * MINUTE, MINUTE, 0).segments(), plan, cleanedUpTo);
        return explain(
                log, with("cleanup.policy", policy).with("min.compaction.lag.ms", "7200000"));
    }

    @Test
    void saysThatALogIsNotDirtyEnough() {
        var reports = compacted(new CleanPlan(2, 100, 880, 120, false, false), 100, "compact");

        assertThat(reports.get(0).why()).isEqualTo("compacted already");
        assertThat(reports.get(1).next()).isEqualTo(Fate.COMPACTED);
        assertThat(reports.get(1).why())
                .isEqualTo("min.cleanable.dirty.ratio not reached: 0.12 of 0.5");
    }

    @Test
    void saysThatALogIsCompactedNext() {
        var dirty = compacted(new CleanPlan(2, 100, 270, 730, false, true), 100, "compact");
        var overdue = compacted(new CleanPlan(2, 100, 900, 100, true, true), 100, "compact");

        assertThat(dirty.get(1).dueMs()).isEqualTo(NOW);
        assertThat(dirty.get(1).why())
                .isEqualTo("dirty ratio 0.73 > min.cleanable.dirty.ratio 0.5: compacted next");
        assertThat(overdue.get(1).why()).startsWith("max.compaction.lag.ms, ");
    }

    @Test
    void saysWhatKeepsASegmentFromBeingCompacted() {
        var reports = compacted(new CleanPlan(1, 0, 0, 100, false, false), 0, "compact");

        assertThat(reports.get(1).why())
                .isEqualTo("newest record 2 min old, min.compaction.lag.ms is 2 h");
        assertThat(reports.get(1).dueMs()).isEqualTo(NOW + 118 * MINUTE);
        assertThat(reports.get(2).why())
                .isEqualTo(
                        "not all its records are committed, decided and on the disk: that is so up to offset 200");
    }

    @Test
    void givesBothReasonsWhereALogIsCompactedAndDeleted() {
        var plan = new CleanPlan(1, 0, 900, 100, false, false);
        var report = compacted(plan, 0, "compact,delete").getFirst();

        assertThat(report.next()).isEqualTo(Fate.DELETED);
        assertThat(report.why())
                .isEqualTo(
                        "min.cleanable.dirty.ratio not reached: 0.1 of 0.5; newest record 3 min old, retention.ms is 7 d: deleted in 6.9 d");
    }

    @Test
    void saysThatNothingHappensWithoutAPolicy() {
        var reports = explain(segments(MINUTE, 0), with("cleanup.policy", ""));

        assertThat(reports)
                .extracting(SegmentReport::why)
                .containsExactly(
                        "kept for ever: cleanup.policy is empty",
                        "active; cleanup.policy is empty");
    }

    @Test
    void saysTimesAndSizesInOneUnit() {
        assertThat(
                        Stream.of(999L, 1_000L, 119_999L, 120_000L, 7_200_000L, 7 * DAY)
                                .map(Amounts::time))
                .containsExactly("999 ms", "1 s", "119 s", "2 min", "2 h", "7 d");
        assertThat(Stream.of(1_023L, 1_024L, 1_600L, 20L << 20, 1L << 30).map(Amounts::size))
                .containsExactly("1023 B", "1 KB", "1.6 KB", "20 MB", "1 GB");
    }
}
