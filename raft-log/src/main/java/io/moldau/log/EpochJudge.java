package io.moldau.log;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.BatchJudge;
import io.moldau.log.segment.BatchScanner;
import java.util.function.LongToIntFunction;

/// Whether the batches that recovery finds can be of the leader epochs that they carry: no checksum
/// covers those, and a write may have been torn within one. Brings the epochs up to date on the
/// way.
///
/// A process writes an epoch down before its first record, so that its end leaves both in
/// agreement. After the machine's end the checkpoint may lack the latest epochs, and then the
/// records have them. Where it knows of a later epoch than a record has, or the record before has,
/// what was not flushed ends. What was flushed was so along with its epochs: of that the checkpoint
/// is believed, nothing is cut, and the scrub tells where the two differ.
final class EpochJudge implements BatchJudge {
    private static final int UNKNOWN = -1;

    private final EpochCache epochs;
    private final long flushed;
    private final boolean checkpointIsLost;
    private final LongToIntFunction checkpoint;
    private int latest = UNKNOWN;

    /// @param epochs as they were found
    /// @param flushed offsets below it were durable
    EpochJudge(EpochCache epochs, long flushed) {
        this.epochs = epochs;
        this.flushed = flushed;
        this.checkpointIsLost = epochs.isDamaged();
        this.checkpoint = epochs.frozen();
        if (flushed > 0) {
            latest = checkpoint.applyAsInt(flushed - 1);
        }
    }

    @Override
    public String flawOf(BatchScanner batch) {
        int epoch = BatchLayout.leaderEpoch(batch.header(), batch.headerAt());
        long offset = batch.baseOffset();
        boolean isFlushed = offset < flushed;
        if (epoch == UNKNOWN || (isFlushed && !checkpointIsLost)) {
            return null;
        }
        int least = Math.max(latest, checkpoint.applyAsInt(offset));
        if (!isFlushed && epoch < least) {
            return "leader epoch %d where it was %d".formatted(epoch, least);
        }
        latest = Math.max(latest, epoch);
        epochs.observe(epoch, offset);
        return null;
    }
}
