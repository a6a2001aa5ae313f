package io.moldau.log;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.BatchScanner;
import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentNames;
import io.moldau.log.segment.SegmentScrub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens what a partition's folder holds: by its names and the checkpoint alone after a clean stop,
/// otherwise by reading every batch that may not have reached the disk.
final class LogOpener {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogOpener.class);

    private final LogContext context;
    private final LogConfig config;
    private final Path folder;
    private final TopicPartition partition;
    private final boolean mayHaveGaps;
    private final List<Segment> found = new ArrayList<>();
    private final List<Long> snapshots = new ArrayList<>();
    private LogSegments segments;
    private EpochCache epochs;
    private ProducerStore producers;
    private boolean transactional;
    private LogDamage damage;
    private boolean syncFailed;
    private boolean recoveryPointIsLost;
    private int unindexed; // From this segment on, transaction indexes are to be written anew.
    private EpochJudge epochJudge;
    private boolean readsAll;
    private long segmentBytes; // Of the segment being recovered, that are still to be seen to.

    /// @param compacted whether records of the log were compacted once, whatever is done to it now
    LogOpener(
            LogContext context,
            LogConfig config,
            Path folder,
            TopicPartition partition,
            boolean compacted) {
        this.mayHaveGaps = compacted || config.compacts();
        this.context = context;
        this.config = config;
        this.folder = folder;
        this.partition = partition;
    }

    /// @param clean whether the last stop was a clean one
    /// @param recoveryPoint offsets below it were flushed; empty when nothing is known
    /// @param checkpointedStart the log start as it was last written down
    OpenedLog open(
            Uuid topicId,
            boolean clean,
            OptionalLong recoveryPoint,
            OptionalLong checkpointedStart) {
        list();
        segments = new LogSegments(context, folder, found);
        epochs = new EpochCache(context.disk(), folder, clean);
        producers = new ProducerStore(context.disk(), folder, snapshots);
        long flushed = recoveryPoint.orElse(0);
        recoveryPointIsLost = recoveryPoint.isEmpty();
        long start = checkpointedStart.orElse(0);
        long end = start;
        if (!segments.isEmpty()) {
            start = Math.max(start, segments.first().baseOffset());
            boolean trusted =
                    clean && recoveryPoint.isPresent() && flushed == segments.last().endOffset();
            end = trusted ? flushed : recover(flushed);
        }
        if (damage == null && end < flushed) { // Cut by a recovery that nobody heard of.
            damage = lossAt(end, flushed);
        }
        if (syncFailed) {
            SyncFailure.makeUpFor(context.disk(), folder, topicId, segments, flushed, epochs);
        }
        if (segments.isEmpty() && !clean) { // Epochs of records that never reached the disk.
            epochs.truncateFromEnd(end);
        }
        if (start > end || (segments.isEmpty() && start > 0)) {
            end = restartAt(start);
            flushed = start; // Nothing is left that could be lost.
        }
        return new OpenedLog(
                partition, topicId, folder, segments, epochs, producers, start, end, flushed,
                damage, clean);
    }

    private void list() {
        SegmentSwap.recover(context, folder, config.indexIntervalBytes());
        long nowMs = context.clock().wallMs();
        boolean leftovers = false;
        for (var name : context.disk().list(folder)) {
            if (Trash.isLeftover(name)) {
                context.disk().delete(folder.resolve(name));
                leftovers = true;
                continue;
            }
            syncFailed |= name.equals(SyncFailure.FILE);
            long base = SegmentNames.parse(name, SegmentNames.LOG);
            if (base >= 0) {
                found.add(Segment.open(context.disk(), context.files(), folder, base, nowMs));
            }
            long snapshot = SegmentNames.parse(name, SegmentNames.SNAPSHOT);
            if (snapshot >= 0) {
                snapshots.add(snapshot);
            }
        }
        if (leftovers) { // Or a crash brings them back in the place of what is appended next.
            context.disk().syncDirectory(folder);
        }
        found.sort(Comparator.comparingLong(Segment::baseOffset));
    }

    /// Reads all that was not flushed, cuts what is torn, and returns where the log ends.
    private long recover(long flushed) {
        epochJudge = new EpochJudge(epochs, flushed);
        readsAll = syncFailed || epochs.isDamaged(); // Epochs are read from records that are whole.
        unindexed = segments.count();
        long end = segments.first().baseOffset();
        for (int i = 0; i < segments.count(); i++) {
            end = Math.max(end, segments.get(i).baseOffset());
            // One that ends there was flushed while it was written, its indexes perhaps not.
            if (epochs.isDamaged()
                    || i + 1 == segments.count()
                    || segments.get(i + 1).baseOffset() >= flushed) {
                end = Math.max(end, recover(i, flushed));
            }
        }
        if (epochs.isDamaged()) {
            epochs.rebuild(segments);
        }
        epochs.truncateFromEnd(end);
        epochs.store();
        boolean forgotten = producers.truncateTo(end);
        if (unindexed < segments.count()) {
            long trusted = Math.min(flushed, end);
            AbortedIndexes.rebuild(
                    segments, unindexed, trusted, producers, context.clock().wallMs());
        }
        if (forgotten || unindexed < segments.count()) { // A flush looks at the files alone.
            context.disk().syncDirectory(folder);
        }
        return end;
    }

    /// The same with segment `i` alone. What lies behind a cut goes.
    private long recover(int i, long flushed) {
        var segment = segments.get(i);
        segmentBytes = segment.sizeBytes();
        var result =
                segment.recover(
                        readsAll ? 0 : flushed, // Its indexes are written anew, then.
                        config.indexIntervalBytes(),
                        !mayHaveGaps,
                        this::flawOf);
        context.onRecovered().accept(segmentBytes); // What was not read of it.
        if (transactional || segment.files().mayHaveAborted()) {
            unindexed = Math.min(unindexed, i);
        }
        if (i + 1 < segments.count()) {
            segment.seal(); // Its youngest record may stand behind its last index entry.
        }
        if (result.cutBytes() > 0 || isGapBehind(i, result, flushed)) {
            report(segment, result, segments.count() - 1 - i);
            if (result.nextOffset() < flushed) {
                damage = damageOf(segment, result);
            }
            segments.dropFrom(i + 1, context.clock().wallMs());
            // Or the next crash brings back what was cut, behind what is appended from now on.
            segment.file().force();
            context.disk().syncDirectory(folder);
        }
        return result.nextOffset();
    }

    /// The disk may have kept a later file and lost the end of this one. Compaction leaves such
    /// gaps on purpose, though only below a recovery point that it has written down.
    private boolean isGapBehind(int i, SegmentScrub.Result result, long flushed) {
        return i + 1 < segments.count()
                && !(mayHaveGaps && recoveryPointIsLost)
                && segments.get(i + 1).baseOffset() > flushed
                && result.nextOffset() < segments.get(i + 1).baseOffset();
    }

    private String flawOf(BatchScanner batch) {
        transactional |= BatchLayout.isTransactional(batch.header(), batch.headerAt());
        context.onRecovered().accept(batch.sizeBytes());
        segmentBytes -= batch.sizeBytes();
        return epochJudge.flawOf(batch);
    }

    private static void report(Segment segment, SegmentScrub.Result result, int segmentsDropped) {
        LOGGER.atWarn()
                .addKeyValue("file", segment.file().path())
                .addKeyValue("position", result.goodBytes())
                .addKeyValue("cutBytes", result.cutBytes())
                .addKeyValue("reason", result.flaw() == null ? "the end is lost" : result.flaw())
                .addKeyValue("nextOffset", result.nextOffset())
                .addKeyValue("segmentsDropped", segmentsDropped)
                .log("torn tail cut");
    }

    private static LogDamage damageOf(Segment segment, SegmentScrub.Result result) {
        return new LogDamage(
                segment.file().path(),
                result.goodBytes(),
                result.nextOffset(),
                -1,
                result.flaw() == null ? "the end is lost" : result.flaw());
    }

    private LogDamage lossAt(long end, long flushed) {
        var file = segments.isEmpty() ? folder : segments.last().file().path();
        int position = segments.isEmpty() ? 0 : segments.last().sizeBytes();
        return new LogDamage(
                file, position, end, -1, "records below %d were flushed".formatted(flushed));
    }

    /// Everything below the log start is forgotten, and behind it nothing is left.
    private long restartAt(long start) {
        LOGGER.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("logStartOffset", start)
                .log("records behind the log start are gone, the log goes on from there");
        // First: a crash that took back their going, and not that of the segments, would leave the
        // empty log with producers of an earlier time.
        producers.clear();
        segments.dropFrom(0, context.clock().wallMs());
        segments.add(start, context.clock().wallMs());
        epochs.clear();
        return start;
    }
}
