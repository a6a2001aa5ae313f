package io.moldau.log;

/// Whose records an append carries, and hence how much of them is believed.
public enum AppendMode {
    /// Exactly one batch from a client: everything is checked, offsets are given here.
    CLIENT,
    /// The same from a producer whose transaction has been verified to include this partition.
    TRANSACTION,
    /// Batches as the leader has them: offsets and epochs are in them, sizes and checksums are
    /// checked.
    REPLICA
}
