package io.moldau.log;

import java.util.Arrays;

/// Where in the files a few recently seen offsets are, so that whoever reads on from there need not
/// search.
final class PositionHints {
    private static final int HINTS_MAX = 16;

    private final long[] offsets = new long[HINTS_MAX];
    private final int[] positions = new int[HINTS_MAX];
    private int next;

    PositionHints() {
        clear();
    }

    void put(long offset, int position) {
        offsets[next] = offset;
        positions[next] = position;
        next = (next + 1) % HINTS_MAX;
    }

    /// -1 when the offset is not among them.
    int find(long offset) {
        for (int i = 0; i < HINTS_MAX; i++) {
            if (offsets[i] == offset) {
                return positions[i];
            }
        }
        return -1;
    }

    void clear() {
        Arrays.fill(offsets, -1);
    }
}
