package io.moldau.log.clean;

import io.moldau.log.segment.PooledFile;
import io.moldau.log.segment.Segment;

/// A segment that the cleaner may read: how much of it was there when the cleaning began.
///
/// @param endOffset where the segment's offsets end
public record CleanSource(Segment segment, long endOffset, int sizeBytes) {
    long baseOffset() {
        return segment.baseOffset();
    }

    PooledFile file() {
        return segment.file();
    }
}
