package io.moldau.chaos.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// The keys of a history, in the order in which they were first named.
final class KeyTable {
    private final LongMap places = new LongMap();
    private final List<KeyRecords> keys = new ArrayList<>();

    KeyRecords of(long key) {
        return keys.get(place(key));
    }

    /// A small number for the key, from 0.
    int place(long key) {
        long place = places.get(key);
        if (place != LongMap.ABSENT) {
            return (int) place;
        }
        keys.add(new KeyRecords(key));
        places.put(key, keys.size() - 1L);
        return keys.size() - 1;
    }

    /// The key of a small number.
    KeyRecords at(int place) {
        return keys.get(place);
    }

    Collection<KeyRecords> all() {
        return Collections.unmodifiableList(keys);
    }
}
