package io.moldau.log;

import java.util.Arrays;

/// Where in the files a few recently seen offsets are, so that whoever reads on from there need not
/// search.
final class PositionHints {
    private static final int HINTS_MAX = 16;

    private long[] offsets; // Once there is a hint: most logs of a large node are idle.
    private int[] positions;
    private int next;

    void put(long offset, int position) {
        if (offsets == null) {
            offsets = new long[HINTS_MAX];
            positions = new int[HINTS_MAX];
            Arrays.fill(offsets, -1);
        }
        offsets[next] = offset;
        positions[next] = position;
        next = (next + 1) % HINTS_MAX;
    }

    /// -1 when the offset is not among them.
    int find(long offset) {
        for (int i = 0; offsets != null && i < HINTS_MAX; i++) {
            if (offsets[i] == offset) {
                return positions[i];
            }
        }
        return -1;
    }

    void clear() {
        offsets = null;
    }
}
