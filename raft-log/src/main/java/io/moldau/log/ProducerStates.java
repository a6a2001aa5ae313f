package io.moldau.log;

import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.batch.EndMarker;
import io.moldau.log.segment.AbortedTransaction;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;

/// The idempotent producers of one partition.
///
/// Source: KIP-98; KIP-360 (a producer of which nothing is known may begin anywhere).
final class ProducerStates {
    private final Map<Long, ProducerEntry> entries = new HashMap<>();
    private final OpenTransactions transactions = new OpenTransactions();

    /// Null when the batch is the producer's next one; otherwise what to answer instead of
    /// appending.
    AppendResult check(
            long producerId,
            short epoch,
            int firstSequence,
            int lastSequence,
            boolean transactional) {
        var entry = entries.get(producerId);
        if (entry == null) {
            return null;
        }
        if (epoch < entry.epoch) {
            return Refused.of(
                    Errors.INVALID_PRODUCER_EPOCH,
                    "producer %d has epoch %d, the batch %d"
                            .formatted(producerId, entry.epoch, epoch));
        }
        if (epoch > entry.epoch) {
            return firstSequence == 0 ? null : outOfOrder(producerId, firstSequence, 0);
        }
        int age = entry.find(firstSequence, lastSequence);
        if (age >= 0) {
            long lastOffset = entry.lastOffset(age);
            return new Duplicate(
                    lastOffset - entry.offsetDelta(age), lastOffset, entry.timestamp(age));
        }
        if (entry.currentTxnFirstOffset >= 0 && !transactional) {
            return Refused.of(
                    Errors.INVALID_TXN_STATE,
                    "producer %d has an open transaction here".formatted(producerId));
        }
        if (entry.beginsAnywhere) {
            return null;
        }
        // Without batches: a marker has begun the epoch, and whatever came before is over.
        int expected = entry.count() == 0 ? 0 : ProducerEntry.increment(entry.lastSequence(), 1);
        return firstSequence == expected ? null : outOfOrder(producerId, firstSequence, expected);
    }

    private static Refused outOfOrder(long producerId, int sequence, int expected) {
        return Refused.of(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer %d sent sequence %d, expected is %d"
                        .formatted(producerId, sequence, expected));
    }

    /// Null when the marker may be written; otherwise what to answer instead.
    Refused check(EndMarker marker) {
        var entry = entries.get(marker.producerId());
        if (entry == null) {
            return null;
        }
        if (marker.producerEpoch() < entry.epoch) {
            return Refused.of(
                    Errors.INVALID_PRODUCER_EPOCH,
                    "producer %d has epoch %d, the marker %d"
                            .formatted(entry.producerId, entry.epoch, marker.producerEpoch()));
        }
        if (marker.coordinatorEpoch() < entry.coordinatorEpoch) {
            return Refused.of(
                    Errors.TRANSACTION_COORDINATOR_FENCED,
                    "a coordinator of epoch %d was here, this one has %d"
                            .formatted(entry.coordinatorEpoch, marker.coordinatorEpoch()));
        }
        return null;
    }

    /// Takes note of a batch that is in the log.
    void update(
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs,
            boolean transactional,
            long nowMs) {
        var entry = entryOf(producerId, epoch, nowMs);
        entry.add(lastSequence, lastOffset, offsetDelta, timestampMs);
        if (transactional && entry.currentTxnFirstOffset < 0) {
            entry.currentTxnFirstOffset = lastOffset - offsetDelta;
            transactions.begin(entry.currentTxnFirstOffset);
        }
    }

    /// Takes note of a marker that is in the log at `offset`. Returns the transaction, if it had
    /// begun here and was aborted.
    AbortedTransaction end(EndMarker marker, long offset, long timestampMs, long nowMs) {
        boolean unknown = !entries.containsKey(marker.producerId());
        var entry = entryOf(marker.producerId(), marker.producerEpoch(), nowMs);
        entry.beginsAnywhere |= unknown;
        entry.coordinatorEpoch = marker.coordinatorEpoch();
        entry.lastTimestampMs = timestampMs;
        long first = entry.currentTxnFirstOffset;
        if (first < 0) {
            return null;
        }
        entry.currentTxnFirstOffset = -1;
        transactions.end(first, offset);
        return marker.isCommit()
                ? null
                : new AbortedTransaction(
                        entry.producerId, first, offset, transactions.firstOpen(offset + 1));
    }

    private ProducerEntry entryOf(long producerId, short epoch, long nowMs) {
        var entry = entries.get(producerId);
        if (entry == null) {
            entry = new ProducerEntry(producerId, epoch);
            entries.put(producerId, entry);
        } else if (entry.epoch != epoch) {
            entry.toEpoch(epoch);
        }
        entry.lastSeenMs = nowMs;
        return entry;
    }

    /// See [OpenTransactions#firstUnstable].
    long firstUnstable(long highWatermark) {
        return transactions.firstUnstable(highWatermark);
    }

    /// Puts back what a snapshot had.
    void restore(ProducerEntry entry, long nowMs) {
        entry.lastSeenMs = nowMs;
        entries.put(entry.producerId, entry);
        if (entry.currentTxnFirstOffset >= 0) {
            transactions.begin(entry.currentTxnFirstOffset);
        }
    }

    /// Forgets producers that were silent for `expirationMs`, and says when the next one will have
    /// been. Counted by the broker's clock: records may carry stamps of long ago.
    long expire(long nowMs, int expirationMs) {
        long nextMs = Long.MAX_VALUE;
        for (var all = entries.values().iterator(); all.hasNext(); ) {
            var entry = all.next();
            long dueMs = entry.lastSeenMs + expirationMs;
            if (dueMs > nowMs) {
                nextMs = Math.min(nextMs, dueMs);
            } else if (entry.currentTxnFirstOffset < 0) { // Its marker must still find it.
                all.remove();
            }
        }
        return nextMs;
    }

    Collection<ProducerEntry> entries() {
        return entries.values();
    }

    List<ProducerView> views() {
        return entries.values().stream()
                .map(entry ->
                        new ProducerView(
                                entry.producerId,
                                entry.epoch,
                                entry.lastSequence(),
                                entry.lastTimestampMs,
                                entry.coordinatorEpoch,
                                entry.currentTxnFirstOffset))
                .toList();
    }
}
