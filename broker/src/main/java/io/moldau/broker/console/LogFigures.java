package io.moldau.broker.console;

import io.moldau.broker.disk.DataDir;
import io.moldau.broker.partition.LogStore;
import java.util.List;

/// What a node does for its logs beside serving them: recovery, compaction and scrub.
///
/// @param recovery one sentence about the recovery after an unclean stop; empty when it is over
/// @param maxDirtyPercent of all logs that are compacted, the largest share that was not yet
/// @param sinceSurveyMs since logs were last looked over for compaction
/// @param cleanSeconds how long the last compaction of a log took
/// @param bufferPercent how much of the memory for keys it needed
/// @param recopyPercent how much of what it read it wrote again
/// @param scrubbedBytes how much of closed segments was read since the start
public record LogFigures(
        String recovery,
        List<OfDirectory> directories,
        double maxDirtyPercent,
        long sinceSurveyMs,
        double cleanSeconds,
        double bufferPercent,
        double recopyPercent,
        long scrubbedBytes) {
    /// The same of one data directory.
    ///
    /// @param logsToRecover that are still to be
    /// @param uncleanable logs that cannot be compacted, since something failed
    /// @param scrubEndedMs when all of its closed segments had last been read; 0 for never
    public record OfDirectory(
            String directory, int logsToRecover, int uncleanable, long scrubEndedMs) {
        private static OfDirectory of(DataDir directory, LogStore store) {
            var logs = directory.logs();
            long uncleanable =
                    store.cleaning().uncleanable().stream()
                            .filter(name -> directory.equals(store.directoryOf(name)))
                            .count();
            return new OfDirectory(
                    directory.root().toString(),
                    store.recovery().logsLeft(directory),
                    (int) uncleanable,
                    logs == null ? 0 : logs.scrubPosition().endedMs());
        }
    }

    /// @param nowNanos by the clock that the cleaner goes by
    public static LogFigures of(LogStore store, long nowNanos) {
        var cleaning = store.cleaning();
        return new LogFigures(
                store.recovery().sentence(),
                store.directories().stream().map(d -> OfDirectory.of(d, store)).toList(),
                cleaning.maxDirtyPercent(),
                cleaning.sinceSurveyMs(nowNanos),
                cleaning.lastSeconds(),
                cleaning.lastBufferPercent(),
                cleaning.lastRecopyPercent(),
                store.scrubbedBytes());
    }
}
