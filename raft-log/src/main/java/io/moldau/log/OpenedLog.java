package io.moldau.log;

import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// What was found in a partition's folder, recovered where needed.
record OpenedLog(
        TopicPartition partition,
        Uuid topicId,
        Path folder,
        LogSegments segments,
        EpochCache epochs,
        ProducerStore producers,
        long logStartOffset,
        long logEndOffset,
        long recoveryPoint) {}
