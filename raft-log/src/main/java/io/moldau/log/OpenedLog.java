package io.moldau.log;

import io.moldau.log.segment.LogDamage;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// What was found in a partition's folder, recovered where needed.
///
/// @param clean whether everything was durable already, names included
/// @param damage of what had been flushed, and was cut; null when there is none
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
        boolean clean) {}
