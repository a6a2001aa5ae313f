package io.moldau.log.segment;

import java.nio.file.Path;
import java.util.List;

/// The files of one segment as a whole: their names, their way to the platter, their end.
///
/// The records' file is the one that counts: where it is, the segment is. Belongs to the thread
/// that owns the partition.
public final class SegmentFiles {
    private final PooledFile log;
    private final PooledFile offsets;
    private final PooledFile times;
    private TransactionIndex transactions;

    SegmentFiles(PooledFile log, PooledFile offsets, PooledFile times) {
        this.log = log;
        this.offsets = offsets;
        this.times = times;
    }

    /// Those that recovery reads anew while the segment is the last, and trusts once it is not.
    public List<PooledFile> indexes() {
        return List.of(offsets, times);
    }

    /// Transactions that were aborted by a marker in this segment.
    public TransactionIndex transactions() {
        if (transactions == null) {
            transactions = new TransactionIndex(transactionFile());
        }
        return transactions;
    }

    PooledFile transactionFile() {
        return log.sibling(SegmentNames.TRANSACTION_INDEX);
    }

    /// Whether there is a transaction index, be it damaged.
    public boolean mayHaveAborted() {
        return transactions().file().sizeOnDisk() > 0;
    }

    /// Those that hold what a flush has not seen yet.
    public List<PooledFile> toFlush() {
        boolean aborted = transactions != null && transactions.takeUnsynced();
        return aborted ? List.of(log, transactions.file()) : List.of(log);
    }

    /// Waits until records and indexes are on the platter: their names are not.
    public void force() {
        log.force();
        offsets.force();
        times.force();
    }

    /// Gives the files other names, the records' last: with it the others are there.
    ///
    /// @param aside of [SegmentNames], to be appended to their names; empty for those in use
    public void rename(String aside) {
        offsets.rename(aside);
        times.rename(aside);
        log.rename(aside);
    }

    /// Removes the files here and now.
    public void remove() {
        log.remove();
        offsets.remove();
        times.remove();
        transactions().file().remove();
    }

    /// Puts the files aside, but for the index of transactions. Returns what is to be removed
    /// later; slices in use stay readable.
    public List<Path> renameForDeletion() {
        transactions(); // Their file is called as the records' is.
        return List.of(aside(log), aside(offsets), aside(times));
    }

    /// Puts the index of transactions aside. The records must not come back without it.
    public Path renameTransactionsForDeletion() {
        return aside(transactions().file());
    }

    private static Path aside(PooledFile file) {
        file.renameForDeletion();
        return file.path();
    }

    /// The folder goes as a whole, and the files with it.
    public void abandon() {
        log.abandon();
        offsets.abandon();
        times.abandon();
        if (transactions != null) {
            transactions.file().abandon();
        }
    }
}
