package io.moldau.log.segment;

import java.nio.ByteBuffer;

/// Bytes that are read by position.
public interface ByteSource {
    /// Fills `target` from `position` on as far as there are bytes. Returns how many came.
    ///
    /// @throws java.io.UncheckedIOException the disk refused
    int read(ByteBuffer target, long position);
}
