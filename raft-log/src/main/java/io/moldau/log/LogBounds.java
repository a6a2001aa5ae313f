package io.moldau.log;

/// Where one log begins and ends, and how large it is. Its owner writes, any thread reads.
final class LogBounds {
    private volatile long startOffset;
    private volatile long endOffset;
    private volatile long sizeBytes;

    LogBounds(long startOffset, long endOffset, long sizeBytes) {
        this.startOffset = startOffset;
        this.endOffset = endOffset;
        this.sizeBytes = sizeBytes;
    }

    long startOffset() {
        return startOffset;
    }

    /// The next offset to be given.
    long endOffset() {
        return endOffset;
    }

    /// Bytes of records on disk.
    long sizeBytes() {
        return sizeBytes;
    }

    void startAt(long offset) {
        startOffset = offset;
    }

    void onAppended(long newEndOffset, int bytes) {
        long grown = sizeBytes + bytes;
        endOffset = newEndOffset;
        sizeBytes = grown;
    }

    void endAt(long offset, long newSizeBytes) {
        endOffset = offset;
        sizeBytes = newSizeBytes;
    }

    void resize(long newSizeBytes) {
        sizeBytes = newSizeBytes;
    }
}
