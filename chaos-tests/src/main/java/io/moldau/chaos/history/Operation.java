package io.moldau.chaos.history;

import java.util.List;
import java.util.Locale;

/// One line of a history: that a client began something, or how it ended.
///
/// @param index its place in the history, from 0; -1 where the line does not say
/// @param timeNanos since the run's beginning; -1 where the line does not say
/// @param process who; [#NEMESIS] for whoever does the faults
/// @param f what: `send`, `poll`, `txn`, `assign`, `subscribe`, `crash`; metadata operations and
///   faults have names of their own
/// @param notes what only this project's clients write down
public record Operation(
        long index, long timeNanos, int process, Stage type, String f, Value value, Notes notes) {
    public static final int NEMESIS = -1;

    public enum Stage {
        /// It begins.
        INVOKE,
        /// Done.
        OK,
        /// Certainly not done.
        FAIL,
        /// Done or not, now or later. The process is never heard of again.
        INFO;

        /// As a history names it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isClient() {
        return process >= 0;
    }

    /// What was sent and polled; empty where it is about something else.
    public Iterable<Mop> mops() {
        return value instanceof Value.Mops(var mops) ? mops : List.of();
    }

    @Override
    public String toString() {
        return OperationText.of(this);
    }
}
