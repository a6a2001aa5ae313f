package io.moldau.log;

import io.moldau.env.Disk;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.AbortedTransaction;
import io.moldau.log.segment.BatchScanner;
import io.moldau.log.segment.BatchVisitor;
import io.moldau.log.segment.LogDamage;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.TransactionIndex;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares a closed segment's index of aborted transactions with its records, while these are read
/// through. No checksum covers the index, and readers of committed records believe it.
///
/// What it must say follows from the segment's markers, and from the transactions that were open
/// where the segment begins, which a snapshot of the producers has. Belongs to one thread at a
/// time.
final class AbortedCheck implements BatchVisitor {
    private static final Logger LOGGER = LoggerFactory.getLogger(AbortedCheck.class);

    private final Disk disk;
    private final Path file;
    private final long baseOffset;
    private final long endOffset;
    private final @Nullable Path snapshot;
    private final List<AbortedTransaction> expected = new ArrayList<>();
    private boolean mayHaveGaps;
    private @Nullable ProducerStates known;
    private boolean wrong;

    /// @param endOffset behind the segment
    /// @param snapshot of the producers where the segment begins; null when there is none
    /// @param mayHaveGaps whether some of the records may be gone on purpose: then no more can be
    ///   said of the index than whether it is one
    AbortedCheck(
            Disk disk,
            Segment segment,
            long endOffset,
            @Nullable Path snapshot,
            boolean mayHaveGaps) {
        this.disk = disk;
        this.file = segment.files().transactions().path();
        this.baseOffset = segment.baseOffset();
        this.endOffset = endOffset;
        this.snapshot = snapshot;
        this.mayHaveGaps = mayHaveGaps;
    }

    @Override
    public void visit(BatchScanner batch) {
        if (mayHaveGaps || !BatchLayout.isTransactional(batch.header(), batch.headerAt())) {
            return;
        }
        if (known == null) {
            known = producersAtBase();
        }
        if (known == null) {
            mayHaveGaps = true;
            return;
        }
        var aborted = ProducerStore.note(known, batch, baseOffset, 0);
        if (aborted != null) {
            expected.add(aborted);
        }
    }

    private @Nullable ProducerStates producersAtBase() {
        var found =
                snapshot == null
                        ? Optional.of(List.<ProducerEntry>of())
                        : ProducerSnapshot.read(disk, snapshot);
        if (found.isEmpty() || (snapshot == null && baseOffset > 0)) {
            return null;
        }
        var states = new ProducerStates();
        found.get().forEach(entry -> states.restore(entry, 0));
        return states;
    }

    /// All of the segment was read: now the index.
    void compare() {
        var found = read();
        wrong =
                mayHaveGaps
                        ? found.isEmpty() || !isInOrder(found.get())
                        : found.isEmpty() || !found.get().equals(expected);
    }

    private Optional<List<AbortedTransaction>> read() {
        try {
            return TransactionIndex.decode(AtomicFile.read(disk, file));
        } catch (UncheckedIOException e) { // A sector that cannot be read is as good as lost.
            LOGGER.atWarn().addKeyValue("file", file).setCause(e).log("index cannot be read");
            return Optional.empty();
        }
    }

    private boolean isInOrder(List<AbortedTransaction> found) {
        long last = baseOffset - 1;
        for (var aborted : found) {
            if (aborted.lastOffset() <= last
                    || aborted.lastOffset() >= endOffset
                    || aborted.firstOffset() < 0
                    || aborted.firstOffset() > aborted.lastOffset()) {
                return false;
            }
            last = aborted.lastOffset();
        }
        return true;
    }

    /// Writes a wrong index anew, if the records tell what it should say. Returns the damage if
    /// they do not. Called by the log's owner.
    @Nullable LogDamage mend(Segment segment) {
        if (!wrong) {
            return null;
        }
        if (mayHaveGaps) {
            return new LogDamage(
                    file, 0, baseOffset, endOffset, "no index of aborted transactions");
        }
        LOGGER.atError()
                .addKeyValue("file", file)
                .addKeyValue("transactions", expected.size())
                .log("index of aborted transactions was damaged, it is written anew");
        if (expected.isEmpty()) {
            disk.delete(file);
            disk.syncDirectory(file.getParent());
        } else {
            AtomicFile.replace(disk, file, TransactionIndex.encode(expected), true);
        }
        segment.files().transactions().reload();
        return null;
    }
}
