package io.moldau.chaos.check;

import java.util.List;

/// One broken promise.
///
/// @param index of the operation that shows it, as the history numbers them; -1 when it is about
///   what is not there
/// @param detail who, where and which offsets, for a person to begin from
/// @param excerpt the history's lines that tell of it
public record Anomaly(Kind kind, long index, String detail, List<String> excerpt) {
    public Anomaly {
        excerpt = List.copyOf(excerpt);
    }

    /// One of which there is nothing to quote.
    public Anomaly(Kind kind, String detail) {
        this(kind, -1, detail, List.of());
    }

    public enum Kind {
        /// Acknowledged, and not there.
        LOST_WRITE("lost-write"),
        /// There more than once.
        DUPLICATE("duplicate"),
        /// There although nobody sent it, or although the broker had refused it.
        UNEXPECTED_WRITE("unexpected-write"),
        /// Read although its send, or its transaction, certainly failed.
        ABORTED_READ("aborted-read"),
        /// A transaction read what it had sent itself and not committed yet.
        PRECOMMITTED_READ("precommitted-read"),
        /// Transactions that read from each other in a circle.
        CIRCULAR_READ("G1c"),
        /// At another offset than the acknowledgement said, or two records at one offset.
        INCONSISTENT_OFFSETS("inconsistent-offsets"),
        /// One producer's records, not in the order it sent them.
        NONMONOTONIC_SEND("nonmonotonic-send"),
        /// An offset was read after a higher one.
        NONMONOTONIC_POLL("nonmonotonic-poll"),
        /// An offset was left out.
        POLL_SKIP("poll-skip"),
        /// A record reached nobody.
        UNSEEN("unseen"),
        /// A member got a record of a partition that it does not have.
        UNOWNED_POLL("unowned-poll"),
        /// A group's position is lower than one it had been promised.
        COMMIT_WENT_BACK("commit-went-back"),
        /// What was answered about topics fits no order in which it could have been done.
        NOT_LINEARIZABLE("not-linearizable"),
        /// The history itself is not one: a process that goes on after it was given up, an end
        /// without a beginning.
        MALFORMED_HISTORY("malformed-history");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    @Override
    public String toString() {
        return kind.label() + ": " + detail;
    }
}
