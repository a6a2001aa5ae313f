package io.moldau.log.clean;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which transactions of a stretch of the log were aborted, by its markers alone: what becomes of a
/// producer's batch is decided by that producer's next marker.
final class Transactions {
    /// @param from offset of the producer's marker before; the batches between the two are aborted
    private record Abort(long from, long marker) {}

    private final Map<Long, Long> lastMarkers = new HashMap<>();
    private final Map<Long, List<Abort>> aborts = new HashMap<>();

    /// Takes note of the next marker.
    void onMarker(long producerId, long offset, boolean commits) {
        var before = lastMarkers.put(producerId, offset);
        if (!commits) {
            aborts.computeIfAbsent(producerId, _ -> new ArrayList<>())
                    .add(new Abort(before == null ? -1 : before, offset));
        }
    }

    /// Whether the producer's transactional batch at `offset` was aborted.
    boolean isAborted(long producerId, long offset) {
        var list = aborts.get(producerId);
        if (list == null) {
            return false;
        }
        int low = 0;
        int high = list.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (list.get(middle).marker() < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low < list.size() && list.get(low).from() < offset;
    }
}
