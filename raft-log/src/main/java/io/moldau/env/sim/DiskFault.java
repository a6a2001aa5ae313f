package io.moldau.env.sim;

/// What a [SimDisk] may do beyond what it does anyhow. Everything here is allowed to a real disk
/// and its file system; damage, which is not, is inflicted by its own methods.
public enum DiskFault {
    /// A crash keeps any of the unsynced writes to a file, rather than the oldest ones.
    REORDERED_WRITES,

    /// A crash keeps any sectors of a write, rather than its beginning.
    TORN_SECTORS,

    /// Each directory is synced for itself, rather than the journal of all of them.
    SEPARATE_DIRECTORIES,

    /// Reads and writes carry fewer bytes than were asked for.
    SHORT_TRANSFERS
}
