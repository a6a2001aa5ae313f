package io.moldau.log;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/// The checks on batches that were read to be sent to a follower: on what no checksum covers, which
/// are their offsets and leader epochs. The rest the follower checks.
///
/// Only headers are looked at.
final class SentBatches {
    private SentBatches() {}

    /// What is wrong with them; null when nothing is.
    ///
    /// @param from an offset that the first of them holds, or lies before it
    /// @param to where what follows them begins
    /// @param gapless whether no offset is missing on purpose
    /// @param epochs from offset to leader epoch, -1 where it is not known
    static @Nullable String flawIn(
            ByteBuffer batches, long from, long to, boolean gapless, LongToIntFunction epochs) {
        int known = epochs.applyAsInt(from);
        boolean isOneEpoch = known == epochs.applyAsInt(to - 1);
        long next = from;
        for (int at = batches.position(); at < batches.limit(); ) {
            if (batches.limit() - at < BatchLayout.HEADER_BYTES) {
                return "records end within a header";
            }
            long size = BatchLayout.sizeBytes(batches, at);
            if (size < BatchLayout.HEADER_BYTES || size > batches.limit() - at) {
                return "batch of impossible size " + size;
            }
            long first = BatchLayout.baseOffset(batches, at);
            long last = BatchLayout.lastOffset(batches, at);
            boolean isFirst = at == batches.position();
            boolean follows =
                    last >= Math.max(first, next)
                            && (isFirst || first >= next)
                            && (!gapless || first <= next);
            if (!follows || last >= to) {
                return "offsets %d to %d where %d to %d are".formatted(first, last, next, to - 1);
            }
            int epoch = isOneEpoch ? known : epochs.applyAsInt(first);
            int written = BatchLayout.leaderEpoch(batches, at);
            if (written != epoch && written != -1 && epoch >= 0) {
                return "leader epoch %d where it was %d".formatted(written, epoch);
            }
            next = last + 1;
            at += (int) size;
        }
        return gapless && next != to
                ? "the records from %d to %d are missing".formatted(next, to - 1)
                : null;
    }
}
