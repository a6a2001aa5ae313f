package io.moldau.log.segment;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A stretch of one segment file that stays readable until it is released, whatever becomes of the
/// segment meanwhile.
///
/// Born with one reference, which belongs to the receiver. Any thread may read, retain and release.
public interface FileSlice {
    /// The open file. Only positional reads and `transferTo`: its position belongs to nobody.
    FileChannel channel();

    /// Where the slice begins in the file, in bytes.
    long position();

    /// Bytes in the slice.
    int length();

    /// Copies the slice's bytes from its beginning on, until `into` is full or the slice ends.
    ///
    /// @throws java.io.UncheckedIOException the disk refused, or the file is shorter than it was
    void readFully(ByteBuffer into);

    void retain();

    /// Gives one reference back; the last one lets the descriptor go.
    void release();
}
