package io.moldau.metadata;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What one group committed for one topic: a slot per partition, grown as needed.
///
/// One writer; readers take no lock.
final class PartitionOffsets {
    private final Uuid topicId;
    private volatile AtomicReferenceArray<@Nullable OffsetAndMetadata> slots =
            new AtomicReferenceArray<>(1);

    /// Only the writer's.
    private int used;

    PartitionOffsets(Uuid topicId) {
        this.topicId = topicId;
    }

    Uuid topicId() {
        return topicId;
    }

    @Nullable OffsetAndMetadata get(int partition) {
        var now = slots;
        return partition >= 0 && partition < now.length() ? now.get(partition) : null;
    }

    void put(int partition, OffsetAndMetadata committed) {
        if (partition >= slots.length()) {
            grow(partition + 1);
        }
        if (slots.getAndSet(partition, committed) == null) {
            used++;
        }
    }

    void remove(int partition) {
        if (partition >= 0
                && partition < slots.length()
                && slots.getAndSet(partition, null) != null) {
            used--;
        }
    }

    boolean isEmpty() {
        return used == 0;
    }

    /// In order of the partitions.
    void forEach(Visitor visitor) {
        var now = slots;
        for (int partition = 0; partition < now.length(); partition++) {
            var committed = now.get(partition);
            if (committed != null) {
                visitor.visit(partition, committed);
            }
        }
    }

    interface Visitor {
        void visit(int partition, OffsetAndMetadata committed);
    }

    private void grow(int atLeast) {
        var grown =
                new AtomicReferenceArray<@Nullable OffsetAndMetadata>(
                        Math.max(atLeast, slots.length() * 2));
        for (int i = 0; i < slots.length(); i++) {
            grown.set(i, slots.get(i));
        }
        slots = grown;
    }
}
