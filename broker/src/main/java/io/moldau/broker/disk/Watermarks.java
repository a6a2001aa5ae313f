package io.moldau.broker.disk;

/// Bytes of free space at which a disk counts as filling up. Pure.
///
/// What producers may not have any more is there for what they sent before: leaders stop at `low`,
/// and what they have taken until then still fits on their followers, who stop at `critical`. Where
/// all disks of a cluster fill alike, nobody ever leaves the in-sync replicas for it.
///
/// @param low producers are refused below it
/// @param critical replicas are refused below it
/// @param resume producers are taken again from here on; above `low`, so that they do not come and
///   go with every segment
public record Watermarks(long low, long critical, long resume) {
    /// Never full.
    public static final Watermarks NONE = new Watermarks(0, 0, 0);

    private static final long MIB = 1 << 20;
    private static final long LOW_MAX = 1024 * MIB;
    private static final int SHARE = 20;
    private static final int REBOUND = 4;

    /// What `disk.min.free.bytes` says, or by itself a twentieth of the disk and at most 1 GiB.
    ///
    /// @param asked negative to be told
    public static Watermarks of(long asked, long totalBytes) {
        long low = asked >= 0 ? asked : Math.min(totalBytes / SHARE, LOW_MAX);
        return new Watermarks(low, low / 2, low + low / REBOUND);
    }

    /// What a disk with `usable` bytes left has room for, after it had room for `before`.
    public Room after(Room before, long usable) {
        if (usable < critical) {
            return Room.CRITICAL;
        }
        if (usable < low) {
            return before == Room.CRITICAL ? Room.CRITICAL : Room.LOW;
        }
        return usable < resume && before != Room.ENOUGH ? Room.LOW : Room.ENOUGH;
    }
}
