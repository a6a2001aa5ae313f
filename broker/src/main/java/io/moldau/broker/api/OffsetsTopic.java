package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.Outcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/// `__consumer_offsets`, the topic in which Kafka keeps groups.
///
/// Nothing is written to it here: groups live in the metadata quorum. It exists because tools look
/// for it, list it and describe it, and it is created when the first group is looked for, as in
/// Kafka.
public final class OffsetsTopic {
    private final MetadataAccess metadata;
    private final int partitions;
    private final int replicationFactor;
    private final int segmentBytes;

    /// The settings `offsets.topic.num.partitions`, `offsets.topic.replication.factor` and
    /// `offsets.topic.segment.bytes`.
    public OffsetsTopic(
            MetadataAccess metadata, int partitions, int replicationFactor, int segmentBytes) {
        this.metadata = metadata;
        this.partitions = partitions;
        this.replicationFactor = replicationFactor;
        this.segmentBytes = segmentBytes;
    }

    /// Creates the topic if it is missing, and waits until all nodes know who coordinates what. The
    /// replication factor is capped by the nodes that are alive: waiting for more would keep every
    /// group of a small cluster from starting.
    public CompletableFuture<Errors> ensure() {
        var image = metadata.image();
        if (image.topic(Topic.GROUP_METADATA_TOPIC_NAME) != null) {
            return CompletableFuture.completedFuture(Errors.NONE);
        }
        int alive =
                Math.toIntExact(
                        image.nodes().values().stream().filter(node -> !node.fenced()).count());
        var create =
                CreateTopic.placed(
                        Topic.GROUP_METADATA_TOPIC_NAME,
                        Uuid.randomUuid(),
                        partitions,
                        Math.max(1, Math.min(replicationFactor, alive)),
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT,
                                TopicConfig.COMPRESSION_TYPE_CONFIG,
                                "producer",
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                Integer.toString(segmentBytes)),
                        ThreadLocalRandom.current().nextLong());
        return metadata.submitForAll(create)
                .thenApply(outcome ->
                        outcome instanceof Outcome.Refused(var error, _)
                                        && error != Errors.TOPIC_ALREADY_EXISTS
                                ? Errors.COORDINATOR_NOT_AVAILABLE
                                : Errors.NONE);
    }
}
