package io.moldau.log;

import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
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

    /// Null when the batch is the producer's next one; otherwise what to answer instead of
    /// appending.
    AppendResult check(long producerId, short epoch, int firstSequence, int lastSequence) {
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
        if (entry.count() == 0) {
            return null;
        }
        int expected = ProducerEntry.increment(entry.lastSequence(), 1);
        return firstSequence == expected ? null : outOfOrder(producerId, firstSequence, expected);
    }

    private static Refused outOfOrder(long producerId, int sequence, int expected) {
        return Refused.of(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer %d sent sequence %d, expected is %d"
                        .formatted(producerId, sequence, expected));
    }

    /// Takes note of a batch that is in the log.
    void update(
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs,
            long nowMs) {
        var entry = entries.get(producerId);
        if (entry == null) {
            entry = new ProducerEntry(producerId, epoch);
            entries.put(producerId, entry);
        } else if (entry.epoch != epoch) {
            entry.toEpoch(epoch);
        }
        entry.add(lastSequence, lastOffset, offsetDelta, timestampMs);
        entry.lastSeenMs = nowMs;
    }

    /// Puts back what a snapshot had.
    void restore(ProducerEntry entry, long nowMs) {
        entry.lastSeenMs = nowMs;
        entries.put(entry.producerId, entry);
    }

    /// Forgets producers that were silent for `expirationMs`, and says when the next one will have
    /// been. Counted by the broker's clock: records may carry stamps of long ago.
    long expire(long nowMs, int expirationMs) {
        long nextMs = Long.MAX_VALUE;
        for (var all = entries.values().iterator(); all.hasNext(); ) {
            long dueMs = all.next().lastSeenMs + expirationMs;
            if (dueMs <= nowMs) {
                all.remove();
            } else {
                nextMs = Math.min(nextMs, dueMs);
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
                                entry.count() == 0 ? -1 : entry.timestamp(0),
                                entry.coordinatorEpoch,
                                entry.currentTxnFirstOffset))
                .toList();
    }
}
