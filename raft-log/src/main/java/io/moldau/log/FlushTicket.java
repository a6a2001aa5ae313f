package io.moldau.log;

/// A flush under way. Its owner takes it with [PartitionLog#beginFlush()], any thread calls
/// [#sync()], and the owner hands it back to [PartitionLog#completeFlush]; appends go on meanwhile.
public interface FlushTicket {
    /// Offsets below this are durable once [#sync()] has returned.
    long endOffset();

    /// Waits for the disk. On any thread but the partition's own.
    ///
    /// @throws java.io.UncheckedIOException the disk refused; nothing may be believed durable
    void sync();
}
