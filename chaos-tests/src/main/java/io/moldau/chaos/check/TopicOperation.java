package io.moldau.chaos.check;

import java.util.List;

/// What an admin asked about one topic, what it was told, and when.
///
/// @param partitions that were asked for, or told of; 0 for a topic that is not there
/// @param endNanos [Long#MAX_VALUE] when nobody knows whether it was done: it may be done at any
///   time from its beginning on, or never
/// @param lines of the history
record TopicOperation(
        Ask ask,
        Answer answer,
        int partitions,
        long beganNanos,
        long endNanos,
        List<String> lines) {
    /// What [#after] gives where an answer does not fit.
    static final int IMPOSSIBLE = -1;

    enum Ask {
        CREATE,
        DELETE,
        GROW,
        DESCRIBE
    }

    enum Answer {
        /// Done, or told.
        DONE,
        /// Refused: there is one of this name.
        EXISTS,
        /// Refused: there is none of this name.
        ABSENT,
        /// Refused: it has as many partitions already.
        NOT_MORE,
        /// Nobody knows.
        UNKNOWN
    }

    /// A topic that had `before` partitions has this many when this was done at that moment;
    /// [#IMPOSSIBLE] when the answer would have been another.
    int after(int before) {
        return switch (answer) {
            case DONE, UNKNOWN -> done(before);
            case EXISTS -> before > 0 ? before : IMPOSSIBLE;
            case ABSENT -> before == 0 ? before : IMPOSSIBLE;
            case NOT_MORE -> before >= partitions ? before : IMPOSSIBLE;
        };
    }

    private int done(int before) {
        return switch (ask) {
            case CREATE -> before == 0 ? partitions : IMPOSSIBLE;
            case DELETE -> before > 0 ? 0 : IMPOSSIBLE;
            case GROW -> before > 0 && before < partitions ? partitions : IMPOSSIBLE;
            case DESCRIBE -> before == partitions ? before : IMPOSSIBLE;
        };
    }

    boolean mayBeLeftOut() {
        return answer == Answer.UNKNOWN;
    }
}
