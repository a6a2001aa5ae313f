package io.moldau.log.segment;

import java.nio.ByteBuffer;

/// Memory to read through, one piece per thread and purpose.
final class Scratch {
    private static final int LOOKUP_BYTES = 8 * 1024;
    private static final int SCAN_BYTES = 128 * 1024;

    private static final ThreadLocal<ByteBuffer> LOOKUP =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(LOOKUP_BYTES));
    private static final ThreadLocal<ByteBuffer> SCAN =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCAN_BYTES));

    private Scratch() {}

    /// For one offset: a little more than lies between two entries of an index.
    static ByteBuffer forLookup() {
        return LOOKUP.get();
    }

    /// For reading every byte of a file.
    static ByteBuffer forScan() {
        return SCAN.get();
    }
}
