package io.moldau.chaos.check;

/// Up to eight marks for every number, one byte for each place in a page that is in use.
final class PagedMarks {
    private static final int PAGE_BITS = 12;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private final Pages<byte[]> pages = new Pages<>(() -> new byte[1 << PAGE_BITS]);

    interface Visitor {
        void marked(long index, int marks);
    }

    int get(long index) {
        var page = pages.find(index >> PAGE_BITS);
        return page == null ? 0 : page[(int) index & PAGE_MASK];
    }

    /// @return the marks that were there before
    int add(long index, int marks) {
        var page = pages.get(index >> PAGE_BITS);
        int place = (int) index & PAGE_MASK;
        int before = page[place];
        page[place] |= (byte) marks;
        return before;
    }

    /// Shows every number that has a mark, page by page.
    void forEach(Visitor visitor) {
        pages.forEach((number, page) -> {
            for (int i = 0; i < page.length; i++) {
                if (page[i] != 0) {
                    visitor.marked((number << PAGE_BITS) + i, page[i]);
                }
            }
        });
    }
}
