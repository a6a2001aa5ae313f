package io.moldau.broker.api;

import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/// What may be the name of a topic.
final class TopicNames {
    private TopicNames() {}

    /// What is wrong with the name, in Kafka's words; empty if a topic could be called so.
    static Optional<String> refusal(String name) {
        try {
            Topic.validate(name);
            return Optional.empty();
        } catch (InvalidTopicException illegal) {
            return Optional.of(illegal.getMessage());
        }
    }

    /// Why there is no topic `name`.
    static Errors errorOfUnknown(String name) {
        return refusal(name).isPresent()
                ? Errors.INVALID_TOPIC_EXCEPTION
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /// Kafka's own metadata log; here that is the quorum's, and no topic can take its place.
    static boolean isReserved(String name) {
        return name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME);
    }
}
