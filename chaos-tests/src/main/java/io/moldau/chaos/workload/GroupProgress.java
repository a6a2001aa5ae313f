package io.moldau.chaos.workload;

import java.util.concurrent.atomic.AtomicLongArray;

/// How far a group has committed each key. Any thread may ask.
final class GroupProgress {
    private final KeySpace keys;
    private final AtomicLongArray committed;

    GroupProgress(KeySpace keys) {
        this.keys = keys;
        committed = new AtomicLongArray(keys.size());
    }

    void onCommitted(int key, long offset) {
        committed.accumulateAndGet(key, offset, Math::max);
    }

    /// Acknowledged records that the group has not dealt with.
    long lag() {
        long lag = 0;
        for (int key = 0; key < keys.size(); key++) {
            lag += Math.max(0, keys.acknowledgedEnd(key) - committed.get(key));
        }
        return lag;
    }
}
