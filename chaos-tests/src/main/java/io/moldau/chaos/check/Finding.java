package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import java.util.List;

/// An anomaly before its lines were looked up.
///
/// @param index of the operation that shows it; -1 when it is about what is not there
/// @param needles what its lines have in common
record Finding(Kind kind, long index, String detail, List<Needle> needles) {
    static final int ANY_PROCESS = -1;
    static final long ANY = Long.MIN_VALUE;

    Finding {
        needles = List.copyOf(needles);
    }

    /// Picks lines: the one of this index, or those with a record of this key that has this value
    /// or this offset.
    ///
    /// @param index [#ANY] when it goes by the record
    /// @param process [#ANY_PROCESS] when it does not matter
    /// @param value [#ANY] when it goes by the offset
    /// @param offset [#ANY] when it goes by the value
    record Needle(long index, int process, long key, long value, long offset) {
        static Needle ofIndex(long index) {
            return new Needle(index, ANY_PROCESS, ANY, ANY, ANY);
        }

        static Needle ofValue(long key, long value) {
            return new Needle(ANY, ANY_PROCESS, key, value, ANY);
        }

        static Needle ofOffset(long key, long offset) {
            return new Needle(ANY, ANY_PROCESS, key, ANY, offset);
        }

        static Needle ofOffset(int process, long key, long offset) {
            return new Needle(ANY, process, key, ANY, offset);
        }

        boolean matches(int process, long key, long value, long offset) {
            return key == this.key
                    && (this.process == ANY_PROCESS || this.process == process)
                    && ((this.value != ANY && this.value == value)
                            || (this.offset != ANY && this.offset == offset));
        }
    }
}
