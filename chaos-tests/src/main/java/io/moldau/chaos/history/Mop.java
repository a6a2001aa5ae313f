package io.moldau.chaos.history;

import java.util.List;

/// One step of an operation. Keys stand for partitions; a key's values are unique.
public sealed interface Mop {
    /// A record to send, or one that was sent and whose offset nobody was told: `[:send 1 7]`.
    record Send(long key, long value) implements Mop {}

    /// A record that is at this offset: `[:send 1 [0 7]]`.
    record Sent(long key, long value, long offset) implements Mop {}

    /// A question for records: `[:poll]`.
    record Poll() implements Mop {}

    /// What was got, in its order: `[:poll {1 [[0 7] [1 8]]}]`.
    record Polled(List<Batch> batches) implements Mop {
        public Polled {
            batches = List.copyOf(batches);
        }
    }

    /// What one key gave.
    record Batch(long key, List<Found> records) {
        public Batch {
            records = List.copyOf(records);
        }
    }

    /// A record as a consumer got it.
    record Found(long offset, long value) {}
}
