package io.moldau.log;

import io.moldau.log.segment.LogDamage;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// What was found in a partition's folder, recovered where needed.
///
/// @param clean whether everything was durable already, names included
/// @param damage of what had been flushed or committed, and is gone; null when there is none
record OpenedLog(
        TopicPartition partition,
        Uuid topicId,
        Path folder,
        LogSegments segments,
        EpochCache epochs,
        ProducerStore producers,
        long logStartOffset,
        long logEndOffset,
        long recoveryPoint,
        LogDamage damage,
        boolean clean) {
    /// The same, which should have all records below `committed`: the end of a process takes none
    /// of them away, so that whatever is missing was damaged.
    OpenedLog having(long committed) {
        if (damage != null || logEndOffset >= committed) {
            return this;
        }
        var missing =
                new LogDamage(
                        segments.isEmpty() ? folder : segments.last().file().path(),
                        segments.isEmpty() ? 0 : segments.last().sizeBytes(),
                        logEndOffset,
                        -1,
                        "records below %d were committed".formatted(committed));
        return new OpenedLog(
                partition,
                topicId,
                folder,
                segments,
                epochs,
                producers,
                logStartOffset,
                logEndOffset,
                recoveryPoint,
                missing,
                clean);
    }
}
