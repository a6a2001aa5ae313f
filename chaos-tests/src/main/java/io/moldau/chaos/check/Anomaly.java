package io.moldau.chaos.check;

/// One broken promise.
///
/// @param detail who, where and which offsets, for a person to begin from
public record Anomaly(Kind kind, String detail) {
    public enum Kind {
        /// Acknowledged, and not there.
        LOST_WRITE("lost-write"),
        /// There more than once.
        DUPLICATE("duplicate"),
        /// There although nobody sent it, or although the broker had refused it.
        UNEXPECTED_WRITE("unexpected-write"),
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
        COMMIT_WENT_BACK("commit-went-back");

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
