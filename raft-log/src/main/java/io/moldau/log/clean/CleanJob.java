package io.moldau.log.clean;

import io.moldau.env.Disk;
import io.moldau.log.segment.FilePool;
import java.nio.file.Path;
import java.util.List;

/// All that a cleaner must know of a log, as it was at one moment: its segments are closed, so the
/// cleaner reads them on a thread of its own.
///
/// @param sources what may be compacted, from the oldest segment on
/// @param behind the segments after those, up to where every transaction is decided
/// @param firstDirty behind what was compacted already
/// @param generation changes when the log loses records at its end
/// @param nowMs when the cleaning began, by the wall
public record CleanJob(
        String name,
        Disk disk,
        FilePool files,
        Path folder,
        List<CleanSource> sources,
        List<CleanSource> behind,
        long firstDirty,
        LastBatches lastBatches,
        Limits limits,
        int generation,
        long nowMs) {
    /// The topic's settings that count here.
    public record Limits(int segmentBytes, int indexIntervalBytes, long deleteRetentionMs) {}

    /// How many keys there may be in what is dirty, at most.
    long keysMax() {
        return sources.getLast().endOffset() - firstDirty;
    }
}
