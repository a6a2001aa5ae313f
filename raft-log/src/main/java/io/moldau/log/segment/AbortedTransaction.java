package io.moldau.log.segment;

/// A transaction that was aborted: of its records, readers of committed ones see none.
///
/// @param firstOffset of its first record in this partition
/// @param lastOffset of the marker that ended it
/// @param lastStableOffset below it all transactions had ended when this one did
public record AbortedTransaction(
        long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
