package io.moldau.log;

import io.moldau.log.clean.CleanJob;
import io.moldau.log.clean.CleanPlan;
import io.moldau.log.clean.CleanSource;
import io.moldau.log.clean.LastBatches;
import io.moldau.log.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compaction, as far as it is the log's own: what may be compacted, and putting the outcome in its
/// place. Reading and writing are done by a [io.moldau.log.clean.LogCleaner] on another thread.
///
/// Called by the partition's own thread and no other, except where said.
public final class LogCleaning {
    private final PartitionLog log;
    private final LogContext context;
    private final LogSegments segments;
    private volatile long cleanedUpTo;
    private int generation;

    LogCleaning(PartitionLog log, LogContext context, LogSegments segments) {
        this.log = log;
        this.context = context;
        this.segments = segments;
    }

    /// Records below it were compacted. Any thread.
    public long cleanedUpTo() {
        return cleanedUpTo;
    }

    /// Goes on from what a checkpoint said.
    void resumeAt(long offset) {
        cleanedUpTo = Math.clamp(offset, 0, log.logEndOffset());
    }

    /// The leader has compacted what it sends: offsets are missing here on purpose from now on,
    /// whatever the topic's settings will be. Of the first record, to compact it says nothing new.
    void onGap() {
        cleanedUpTo = Math.max(cleanedUpTo, 1);
    }

    /// Records from `offset` on are gone, others will come.
    void onTruncated(long offset) {
        generation++;
        cleanedUpTo = Math.min(cleanedUpTo, offset);
    }

    /// What compaction could do now.
    ///
    /// @param stableEnd records below it are committed and their transactions decided
    public CleanPlan plan(long nowMs, long stableEnd) {
        var config = log.config();
        var closed = new ArrayList<CleanPlan.Candidate>();
        if (config.compacts() && !log.isClosed() && hasDirt()) {
            for (int i = 0; i < segments.count() - 1; i++) {
                var segment = segments.get(i);
                closed.add(
                        new CleanPlan.Candidate(
                                segment.baseOffset(),
                                segments.get(i + 1).baseOffset(),
                                segment.sizeBytes(),
                                segment::largestTimestampMs,
                                segment::firstTimestampMs));
            }
        }
        // What a crash of the machine could take back must not be the reason why others go.
        long end = Math.min(stableEnd, log.recoveryPoint());
        var rules =
                new CleanPlan.Rules(
                        config.minCleanableDirtyRatio(),
                        config.minCompactionLagMs(),
                        config.maxCompactionLagMs());
        return CleanPlan.of(closed, cleanedUpTo, end, rules, nowMs);
    }

    private boolean hasDirt() {
        return segments.count() > 1 && segments.last().baseOffset() > cleanedUpTo;
    }

    /// What a cleaner needs to carry the plan out; null when there is nothing to do.
    ///
    /// @throws java.io.UncheckedIOException the disk refused, and nothing was begun
    public @Nullable CleanJob begin(long nowMs, long stableEnd) {
        var plan = plan(nowMs, stableEnd);
        if (plan.segments() == 0) {
            return null;
        }
        // Before records go: a recovery takes a gap behind what was flushed for a loss.
        context.checkpoint().run();
        var last = new LastBatches();
        log.producerEntries(nowMs)
                .forEach(entry ->
                        last.add(
                                entry.producerId,
                                entry.epoch,
                                entry.count() == 0 ? -1 : entry.lastOffset(0)));
        var config = log.config();
        return new CleanJob(
                log.partition().toString(),
                context.disk(),
                context.files(),
                log.folder(),
                sources(0, plan.segments()),
                sources(plan.segments(), segments.count()),
                plan.firstDirty(),
                last,
                new CleanJob.Limits(
                        config.segmentBytes(),
                        config.indexIntervalBytes(),
                        config.deleteRetentionMs()),
                generation,
                nowMs);
    }

    private List<CleanSource> sources(int from, int to) {
        var sources = new ArrayList<CleanSource>(to - from);
        for (int i = from; i < to; i++) {
            var segment = segments.get(i);
            sources.add(
                    new CleanSource(
                            segment,
                            segments.endOffset(i, log.logEndOffset()),
                            segment.sizeBytes()));
        }
        return sources;
    }

    /// Puts a cleaned segment in the place of those that it was made from. Whoever reads these goes
    /// on reading them. False, and nothing is done, when the log has changed under the cleaner.
    ///
    /// @throws java.io.UncheckedIOException the disk refused halfway: the log must be opened anew
    public boolean replace(CleanJob job, List<CleanSource> group, Segment cleaned) {
        int first = segments.all().indexOf(group.getFirst().segment());
        boolean unchanged =
                !log.isClosed()
                        && job.generation() == generation
                        && first >= 0
                        && first + group.size() < segments.count();
        for (int i = 0; unchanged && i < group.size(); i++) {
            unchanged = segments.get(first + i).equals(group.get(i).segment());
        }
        if (!unchanged) {
            return false;
        }
        long dueMs = context.clock().wallMs() + log.config().fileDeleteDelayMs();
        SegmentSwap.replace(context, log.folder(), segments, first, group.size(), cleaned, dueMs);
        log.onSegmentsReplaced();
        return true;
    }

    /// A cleaning is through: the next one goes on at `offset`.
    public void finish(CleanJob job, long offset) {
        if (job.generation() == generation) {
            cleanedUpTo = offset;
        }
    }
}
