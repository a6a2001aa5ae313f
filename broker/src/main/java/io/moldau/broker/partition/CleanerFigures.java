package io.moldau.broker.partition;

import io.moldau.log.clean.LogCleaner;
import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/// How compaction fares, for those who watch it. Written by the cleaner, read by any thread.
public final class CleanerFigures {
    /// The last compaction that ended.
    ///
    /// @param bufferPercent how much of the memory for keys it needed
    /// @param recopyPercent how much of what it read it wrote again
    private record Last(double seconds, double bufferPercent, double recopyPercent) {}

    private volatile Last last = new Last(0, 0, 0);
    private volatile double maxDirtyRatio;
    private volatile long surveyedNanos;
    private volatile boolean surveyed;
    private volatile Set<TopicPartition> uncleanable = Set.of();

    /// The logs were looked over.
    void onSurvey(double newMaxDirtyRatio, long nowNanos) {
        maxDirtyRatio = newMaxDirtyRatio;
        surveyedNanos = nowNanos;
        surveyed = true;
    }

    /// A log was compacted.
    void onCleaned(LogCleaner.Result result, long mapBytes, long nanos) {
        last =
                new Last(
                        nanos / 1e9,
                        Math.min(100, 100.0 * result.keyBytes() / Math.max(1, mapBytes)),
                        100.0 * result.bytesAfter() / Math.max(1, result.bytesBefore()));
    }

    void onUncleanable(Collection<TopicPartition> names) {
        uncleanable = Set.copyOf(names);
    }

    public double lastSeconds() {
        return last.seconds();
    }

    public double lastBufferPercent() {
        return last.bufferPercent();
    }

    public double lastRecopyPercent() {
        return last.recopyPercent();
    }

    /// Of all logs that are compacted, the largest share that was not compacted yet.
    public double maxDirtyPercent() {
        return 100 * maxDirtyRatio;
    }

    /// Since the logs were last looked over; 0 before the first time.
    public long sinceSurveyMs(long nowNanos) {
        return surveyed ? (nowNanos - surveyedNanos) / 1_000_000 : 0;
    }

    /// Logs that cannot be compacted, since something failed.
    public Set<TopicPartition> uncleanable() {
        return uncleanable;
    }
}
