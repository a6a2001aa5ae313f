package io.moldau.log.clean;

import java.util.HashMap;
import java.util.Map;

/// The last batch of each producer that is still remembered. It must stay, if without its records:
/// otherwise a log that is read anew would not know which sequence comes next.
public final class LastBatches {
    /// @param lastOffset of its last batch of records; -1 when its epoch has none
    private record Last(short epoch, long lastOffset) {}

    private final Map<Long, Last> producers = new HashMap<>();

    public void add(long producerId, short epoch, long lastOffset) {
        producers.put(producerId, new Last(epoch, lastOffset));
    }

    /// @param lastOffset of the batch
    /// @param isControl a producer without records in its epoch has that epoch from a marker
    boolean isLast(long producerId, short epoch, long lastOffset, boolean isControl) {
        var last = producers.get(producerId);
        if (last == null) {
            return false;
        }
        return last.lastOffset() >= 0
                ? last.lastOffset() == lastOffset
                : isControl && last.epoch() == epoch;
    }
}
