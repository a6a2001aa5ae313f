package io.moldau.chaos.history;

import java.util.List;

/// What an operation is about.
public sealed interface Value {
    /// Records.
    record Mops(List<Mop> mops) implements Value {
        public Mops {
            mops = List.copyOf(mops);
        }
    }

    /// Partitions: those that a consumer asks for.
    record Keys(List<Long> keys) implements Value {
        public Keys {
            keys = List.copyOf(keys);
        }
    }

    /// Nothing: `nil`.
    record None() implements Value {}

    /// Anything else, as [Edn] reads it; never null.
    record Other(Object edn) implements Value {}

    static Value of(Mop... mops) {
        return new Mops(List.of(mops));
    }
}
