package io.moldau.log.explain;

import io.moldau.log.LogFacts;

/// One segment and what comes next for it.
///
/// @param active whether it is being written
/// @param next what will happen to it, as far as can be seen
/// @param dueMs from when on; in the past or now for what happens at the next check, and
///   [Long#MAX_VALUE] where only more records could bring it about
/// @param why a sentence for people: why then, or why not yet
public record SegmentReport(
        LogFacts.Segment segment, boolean active, Fate next, long dueMs, String why) {
    /// What can happen to a segment next.
    public enum Fate {
        /// Nothing.
        KEPT,
        /// Being closed, so that it can be deleted or compacted.
        CLOSED,
        DELETED,
        COMPACTED
    }
}
