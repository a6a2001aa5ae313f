package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.accepted;
import static io.moldau.metadata.MetadataMachine.done;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.CreatePartitions;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataMachine.Decision;
import io.moldau.metadata.Outcome.Refused;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of topics and their partitions.
final class TopicDecisions {
    /// Partitions that one command may bring: what makes a command take long is bounded.
    static final int MAX_NEW_PARTITIONS = 10_000;

    private TopicDecisions() {}

    static Decision create(CreateTopic command, ClusterImage image) {
        var present = image.topic(command.name());
        if (present != null && present.id().equals(command.topicId())) {
            return accepted(image, new Outcome.TopicPlaced(present)); // Asked again, in doubt.
        }
        var refusal = nameRefusal(command, image);
        if (refusal == null) {
            refusal = sizeRefusal(command, image);
        }
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var topic = new TopicImage(command.topicId(), command.name(), partitionsOf(command, image));
        var after = new ImageEdit(image).put(topic);
        if (!command.configs().isEmpty()) {
            after.configs(configsOf(topic), command.configs());
        }
        return accepted(after.done(), new Outcome.TopicPlaced(topic));
    }

    private static @Nullable Refused nameRefusal(CreateTopic command, ClusterImage image) {
        var name = command.name();
        if (image.topic(name) != null) {
            return new Refused(
                    Errors.TOPIC_ALREADY_EXISTS, "Topic '%s' already exists.".formatted(name));
        }
        try {
            Topic.validate(name);
        } catch (InvalidTopicException illegal) {
            return new Refused(Errors.INVALID_TOPIC_EXCEPTION, illegal.getMessage());
        }
        var key = ImageEdit.dottedKey(name);
        var neighbour = key == null ? null : image.parts().dottedNames().get(key);
        if (neighbour != null) {
            return new Refused(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '%s' collides with existing topic: %s".formatted(name, neighbour));
        }
        if (command.topicId().equals(Uuid.ZERO_UUID) || image.topic(command.topicId()) != null) {
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "Topic id %s cannot be given to a new topic.".formatted(command.topicId()));
        }
        return null;
    }

    private static @Nullable Refused sizeRefusal(CreateTopic command, ClusterImage image) {
        if (!command.assignment().isEmpty()) {
            return Assignments.tooMany(command.assignment().size()) != null
                    ? Assignments.tooMany(command.assignment().size())
                    : Assignments.refusal(command.assignment(), image, 0);
        }
        if (command.partitionCount() < 1) {
            return new Refused(
                    Errors.INVALID_PARTITIONS,
                    "Number of partitions must be larger than 0, but is %d."
                            .formatted(command.partitionCount()));
        }
        if (command.replicationFactor() < 1) {
            return new Refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, but is %d."
                            .formatted(command.replicationFactor()));
        }
        var tooMany = Assignments.tooMany(command.partitionCount());
        return tooMany != null
                ? tooMany
                : Assignments.placementRefusal(
                        command.partitionCount(), replicationFactorOf(command, image), image);
    }

    /// Internal topics are created by nobody's wish in particular: on a small cluster they get as
    /// many replicas as there are nodes, rather than never come to be.
    private static int replicationFactorOf(CreateTopic command, ClusterImage image) {
        int registered = image.nodes().size();
        return Topic.isInternal(command.name()) && registered > 0
                ? Math.min(command.replicationFactor(), registered)
                : command.replicationFactor();
    }

    private static List<PartitionImage> partitionsOf(CreateTopic command, ClusterImage image) {
        return command.assignment().isEmpty()
                ? Assignments.placed(
                        0,
                        command.partitionCount(),
                        replicationFactorOf(command, image),
                        command.seed(),
                        image)
                : Assignments.given(command.assignment(), image);
    }

    static Decision delete(DeleteTopic command, ClusterImage image) {
        var topic = image.topic(command.topicId());
        if (topic == null) {
            return refused(
                    image,
                    Errors.UNKNOWN_TOPIC_ID,
                    "No topic has the id %s.".formatted(command.topicId()));
        }
        return done(new ImageEdit(image).remove(topic).done());
    }

    static Decision createPartitions(CreatePartitions command, ClusterImage image) {
        var topic = image.topic(command.topic());
        if (topic == null) {
            return refused(
                    image,
                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "The topic '%s' does not exist.".formatted(command.topic()));
        }
        int present = topic.partitions().size();
        int added = command.newTotal() - present;
        int replicationFactor = topic.partitions().getFirst().replicas().size();
        var refusal = growthRefusal(command, topic, added, replicationFactor, image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var partitions = new ArrayList<>(topic.partitions());
        partitions.addAll(
                command.assignment().isEmpty()
                        ? Assignments.placed(
                                present, added, replicationFactor, command.seed(), image)
                        : Assignments.given(command.assignment(), image));
        var grown = new TopicImage(topic.id(), topic.name(), List.copyOf(partitions));
        return accepted(new ImageEdit(image).put(grown).done(), new Outcome.TopicPlaced(grown));
    }

    private static @Nullable Refused growthRefusal(
            CreatePartitions command,
            TopicImage topic,
            int added,
            int replicationFactor,
            ClusterImage image) {
        if (added < 1) {
            return new Refused(
                    Errors.INVALID_PARTITIONS,
                    "The topic %s currently has %d partition(s); %d would not be an increase."
                            .formatted(
                                    topic.name(), topic.partitions().size(), command.newTotal()));
        }
        var tooMany = Assignments.tooMany(added);
        if (tooMany != null) {
            return tooMany;
        }
        if (command.assignment().isEmpty()) {
            return Assignments.placementRefusal(added, replicationFactor, image);
        }
        if (command.assignment().size() != added) {
            return new Refused(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "%d partition(s) are to be added, but %d assignment(s) are given."
                            .formatted(added, command.assignment().size()));
        }
        return Assignments.refusal(command.assignment(), image, replicationFactor);
    }

    private static ConfigResource configsOf(TopicImage topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    }
}
