package io.moldau.log;

/// What is remembered of one idempotent producer: its epoch and its last ten batches.
final class ProducerEntry {
    /// As many as a client has on their way at once, so that any of them may be sent again: five to
    /// each node. When the leader changes it may send five to the next one before it hears that
    /// those to the last one must be repeated; with five remembered, as Kafka has it, the first
    /// would be out of order for ever.
    static final int BATCHES_MAX = 10;

    final long producerId;
    short epoch;
    int coordinatorEpoch = -1;
    long currentTxnFirstOffset = -1;
    long lastSeenMs;

    /// Of its last batch or marker; -1 for none.
    long lastTimestampMs = -1;

    /// Only a marker is known of this epoch, and batches may have been before it.
    boolean beginsAnywhere;

    private int count;
    private int newest = -1;
    private final int[] lastSequences = new int[BATCHES_MAX];
    private final int[] offsetDeltas = new int[BATCHES_MAX];
    private final long[] lastOffsets = new long[BATCHES_MAX];
    private final long[] timestamps = new long[BATCHES_MAX];

    ProducerEntry(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    int count() {
        return count;
    }

    /// The batch before which `age` newer ones came; 0 is the last one. For the accessors below.
    private int slot(int age) {
        return Math.floorMod(newest - age, BATCHES_MAX);
    }

    int lastSequence(int age) {
        return lastSequences[slot(age)];
    }

    int firstSequence(int age) {
        return decrement(lastSequence(age), offsetDelta(age));
    }

    int offsetDelta(int age) {
        return offsetDeltas[slot(age)];
    }

    long lastOffset(int age) {
        return lastOffsets[slot(age)];
    }

    long timestamp(int age) {
        return timestamps[slot(age)];
    }

    /// The newest batch's last sequence, -1 when no batch is remembered.
    int lastSequence() {
        return count == 0 ? -1 : lastSequence(0);
    }

    void add(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
        beginsAnywhere = false;
        newest = (newest + 1) % BATCHES_MAX;
        count = Math.min(count + 1, BATCHES_MAX);
        lastSequences[newest] = lastSequence;
        lastOffsets[newest] = lastOffset;
        offsetDeltas[newest] = offsetDelta;
        timestamps[newest] = timestampMs;
        lastTimestampMs = timestampMs;
    }

    /// A new incarnation of the producer begins anew.
    void toEpoch(short newEpoch) {
        epoch = newEpoch;
        beginsAnywhere = false;
        count = 0;
        newest = -1;
    }

    /// How old the remembered batch with exactly these sequences is; -1 when there is none.
    int find(int firstSequence, int lastSequence) {
        for (int age = 0; age < count; age++) {
            if (lastSequence(age) == lastSequence && firstSequence(age) == firstSequence) {
                return age;
            }
        }
        return -1;
    }

    /// Sequences count up to the largest int and go on from 0.
    static int increment(int sequence, int by) {
        return sequence > Integer.MAX_VALUE - by
                ? by - (Integer.MAX_VALUE - sequence) - 1
                : sequence + by;
    }

    private static int decrement(int sequence, int by) {
        return sequence < by ? Integer.MAX_VALUE - (by - sequence) + 1 : sequence - by;
    }
}
