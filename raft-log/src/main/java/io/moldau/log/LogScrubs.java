package io.moldau.log;

import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentCheck;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Looks whether one log's files hold what was written. Belongs to the partition's own thread.
final class LogScrubs {
    private final PartitionLog log;
    private final LogContext context;
    private final LogSegments segments;
    private final EpochCache epochs;
    private final ProducerStore producers;
    private final FlushState flushes;

    LogScrubs(PartitionLog log, LogContext context, OpenedLog opened, FlushState flushes) {
        this.log = log;
        this.context = context;
        this.segments = opened.segments();
        this.epochs = opened.epochs();
        this.producers = opened.producers();
        this.flushes = flushes;
    }

    /// See [PartitionLog#beginScrub].
    @Nullable ScrubTicket begin(long offset) {
        for (int i = Math.max(0, segments.floor(offset)); i + 1 < segments.count(); i++) {
            long end = segments.endOffset(i, log.logEndOffset());
            if (end > offset && end <= flushes.recoveryPoint()) {
                return begin(segments.get(i), end);
            }
        }
        return null;
    }

    private ScrubTicket begin(Segment segment, long end) {
        var snapshot = producers.snapshotAt(segment.baseOffset());
        var aborted = new AbortedCheck(context.disk(), segment, end, snapshot, mayHaveGaps());
        var check = segment.check(end, epochs.sound(segments).frozen(), aborted);
        return new ScrubTicket(segment, judging(check), aborted, flushes.truncations(), end);
    }

    /// See [PartitionLog#beginTailScrub].
    @Nullable ScrubTicket beginTail(long offset) {
        int last = segments.count() - 1;
        if (last < 0 || offset > Math.max(segments.get(last).baseOffset(), log.logStartOffset())) {
            return null;
        }
        var segment = segments.get(last);
        long end = Math.min(flushes.recoveryPoint(), log.logEndOffset());
        if (end <= offset) {
            return null;
        }
        var check = segment.checkUpTo(end, epochs.sound(segments).frozen());
        return new ScrubTicket(segment, judging(check), null, flushes.truncations(), end);
    }

    /// See [PartitionLog#damageNear].
    @Nullable LogDamage damageNear(long offset, int maxBytes) {
        if (offset < log.logStartOffset() || offset >= log.logEndOffset()) {
            return null;
        }
        int i = segments.floor(offset);
        long end = segments.endOffset(i, log.logEndOffset());
        var known = epochs.sound(segments).frozen();
        try (var check = judging(segments.get(i).checkNear(offset, end, known))) {
            while (check.nextOffset() <= offset && check.read(maxBytes)) {
                // The index may lead to where it is still some way.
            }
            check.read(maxBytes);
            return check.damage();
        } catch (DamagedLogException noWay) {
            return noWay.damage();
        }
    }

    /// See [PartitionLog#checkRead].
    void checkRead(ByteBuffer read, WholeBatches batches, long offset) {
        var known = epochs.sound(segments);
        var flaw =
                SentBatches.flawIn(
                        read,
                        offset,
                        batches.nextOffset(),
                        !mayHaveGaps(),
                        at -> known.epochOf(at).orElse(-1));
        if (flaw != null) {
            var file = segments.get(segments.floor(offset)).file().path();
            throw new DamagedLogException(
                    new LogDamage(file, batches.slice().position(), offset, -1, flaw));
        }
    }

    /// Somebody looked for the records at `offset`, which should be there, and found none.
    ///
    /// @throws DamagedLogException they are not gone on purpose
    void onMissing(long offset) {
        if (!mayHaveGaps()) {
            var file = segments.get(segments.floor(offset)).file().path();
            var reason = "no way to offset " + offset;
            throw new DamagedLogException(new LogDamage(file, 0, offset, -1, reason));
        }
    }

    private SegmentCheck judging(SegmentCheck check) {
        return mayHaveGaps() ? check : check.refusingGaps();
    }

    /// Whether records may be gone on purpose, in the middle.
    private boolean mayHaveGaps() {
        return log.config().compacts() || log.cleaning().cleanedUpTo() > 0;
    }

    /// See [PartitionLog#completeScrub].
    @Nullable LogDamage complete(ScrubTicket ticket) {
        boolean current =
                ticket.truncations() == flushes.truncations()
                        && segments.all().contains(ticket.segment());
        if (!current) {
            return null;
        }
        var damage = mayHaveGaps() ? ticket.damage() : ticket.damageOrLoss();
        return damage != null ? damage : ticket.mendAborted();
    }
}
