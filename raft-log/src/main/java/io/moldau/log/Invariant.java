package io.moldau.log;

import com.google.errorprone.annotations.FormatMethod;

/// What must hold, or the process has a mistake in it and had better stop.
final class Invariant {
    private Invariant() {}

    @FormatMethod
    static void check(boolean holds, String message, Object... facts) {
        if (!holds) {
            throw new IllegalStateException(message.formatted(facts));
        }
    }
}
