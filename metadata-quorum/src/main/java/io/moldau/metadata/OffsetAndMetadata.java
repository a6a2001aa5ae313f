package io.moldau.metadata;

import org.apache.kafka.common.Uuid;

/// A committed offset.
///
/// @param leaderEpoch of the last consumed record, or -1
/// @param expireTimestampMs when it expires by the client's own wish, or -1
/// @param topicId the topic it was committed for
public record OffsetAndMetadata(
        long offset,
        int leaderEpoch,
        String metadata,
        long commitTimestampMs,
        long expireTimestampMs,
        Uuid topicId) {}
