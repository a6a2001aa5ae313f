package io.moldau.chaos.check;

import java.util.Arrays;

/// Numbers by number, eight bytes for each place in a page that is in use.
final class PagedLongs {
    static final long ABSENT = Long.MIN_VALUE;

    private static final int PAGE_BITS = 9;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private final Pages<long[]> pages =
            new Pages<>(() -> {
                var page = new long[1 << PAGE_BITS];
                Arrays.fill(page, ABSENT);
                return page;
            });

    long get(long index) {
        var page = pages.find(index >> PAGE_BITS);
        return page == null ? ABSENT : page[(int) index & PAGE_MASK];
    }

    void put(long index, long value) {
        pages.get(index >> PAGE_BITS)[(int) index & PAGE_MASK] = value;
    }
}
