package io.moldau.log;

import io.moldau.log.segment.FileSlice;

/// What a read found. The receiver releases the slice.
///
/// @param slice whole batches from the one that holds `startOffset` on, the last one possibly cut;
///   null when there is nothing to read
public record LogRead(FileSlice slice, long startOffset, long logStartOffset, long logEndOffset) {
    LogRead with(FileSlice found) {
        return new LogRead(found, startOffset, logStartOffset, logEndOffset);
    }

    /// Zero when there is nothing to read.
    public int sizeBytes() {
        return slice == null ? 0 : slice.length();
    }
}
