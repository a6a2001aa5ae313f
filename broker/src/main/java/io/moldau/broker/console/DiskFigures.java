package io.moldau.broker.console;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.Room;

/// What one data directory of this node is like at one moment.
///
/// @param freeBytes that may be written before the disk is full
/// @param minFreeBytes below which producers are refused
/// @param problem one sentence; empty when there is none
public record DiskFigures(
        String directory,
        boolean online,
        Room room,
        long freeBytes,
        long minFreeBytes,
        String problem) {
    public static DiskFigures of(DataDir directory) {
        return new DiskFigures(
                directory.root().toString(),
                directory.isOnline(),
                directory.room(),
                directory.leftBytes(),
                directory.marks().low(),
                directory.problem());
    }
}
