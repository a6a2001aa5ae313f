package io.moldau.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a command was decided to. A refusal is a value: every node comes to the same one.
public sealed interface Outcome {
    /// @param message names the facts; meant for the `ErrorMessage` of Kafka's responses
    record Refused(Errors error, String message) implements Outcome {}

    /// The command holds, and is durable when the future of its submission completes.
    sealed interface Accepted extends Outcome {}

    /// There is nothing to tell beyond that.
    record Done() implements Accepted {}

    record NodeRegistered(long nodeEpoch) implements Accepted {}

    /// The topic as created, or with its added partitions.
    record TopicPlaced(TopicImage topic) implements Accepted {}

    /// Producer ids `firstId` up to `firstId + count - 1`, given to no one else.
    record ProducerIdsAllocated(long firstId, int count) implements Accepted {}

    /// @param unknownTopics topics that were gone; nothing was committed for them
    record OffsetsCommitted(List<Uuid> unknownTopics) implements Accepted {}

    /// @param waiting partitions that the node still leads though other replicas of them are alive:
    ///   one of these may get in sync soon
    record ShutdownBegun(int waiting) implements Accepted {}

    /// What [MetadataCommand.ElectLeaders] and [MetadataCommand.AlterReassignments] came to,
    /// partition by partition. An election of all leaves out those that needed none.
    record PartitionsAnswered(List<PartitionAnswer> answers) implements Accepted {}

    /// @param error `NONE` if it was done
    record PartitionAnswer(String topic, int partition, Errors error, @Nullable String message) {}

    /// The partition with its ISR and a new partition epoch.
    record IsrChanged(PartitionImage partition) implements Accepted {}
}
