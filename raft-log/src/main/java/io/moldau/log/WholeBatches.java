package io.moldau.log;

import io.moldau.log.segment.FileSlice;

/// A stretch of the log that ends where a batch ends. The receiver releases the slice.
///
/// @param nextOffset where to go on: all below it and from the offset asked for on is in the slice
public record WholeBatches(FileSlice slice, long nextOffset) {
    public int sizeBytes() {
        return slice.length();
    }
}
