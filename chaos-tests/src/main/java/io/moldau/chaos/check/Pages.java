package io.moldau.chaos.check;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Arrays that are there only where something was put: indexes that lie close together cost what an
/// array costs, and a far one costs one page.
///
/// @param <P> a page: an array
final class Pages<P> {
    private static final int DENSE_MAX = 1 << 20;

    private final Supplier<P> newPage;
    private Object[] dense = new Object[4];
    private final Map<Long, P> far = new HashMap<>();

    Pages(Supplier<P> newPage) {
        this.newPage = newPage;
    }

    interface Visitor<P> {
        void page(long number, P page);
    }

    /// The page of this number, null when nothing was put there.
    @SuppressWarnings("unchecked")
    P find(long number) {
        if (number < 0 || number >= DENSE_MAX) {
            return far.get(number);
        }
        return number < dense.length ? (P) dense[(int) number] : null;
    }

    /// The page of this number, an empty one when there was none.
    @SuppressWarnings("unchecked")
    P get(long number) {
        if (number < 0 || number >= DENSE_MAX) {
            return far.computeIfAbsent(number, _ -> newPage.get());
        }
        int index = (int) number;
        if (index >= dense.length) {
            dense = Arrays.copyOf(dense, Math.max(index + 1, dense.length * 2));
        }
        if (dense[index] == null) {
            dense[index] = newPage.get();
        }
        return (P) dense[index];
    }

    /// Shows every page, those of small numbers in their order and then the far ones in theirs.
    @SuppressWarnings("unchecked")
    void forEach(Visitor<P> visitor) {
        for (int i = 0; i < dense.length; i++) {
            if (dense[i] != null) {
                visitor.page(i, (P) dense[i]);
            }
        }
        far.keySet().stream().sorted().forEach(number -> visitor.page(number, far.get(number)));
    }
}
