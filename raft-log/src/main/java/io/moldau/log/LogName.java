package io.moldau.log;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// A partition folder as found on disk.
///
/// @param topicId from `partition.metadata`; [Uuid#ZERO_UUID] if that file is missing or unreadable
public record LogName(TopicPartition partition, Uuid topicId) {}
