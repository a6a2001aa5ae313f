package io.moldau.metadata;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.CreatePartitions;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataCommand.NameCluster;
import io.moldau.metadata.MetadataCommand.ObserveOnly;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import org.apache.kafka.common.protocol.Errors;

/// Decides commands. Pure: the outcome depends on the command and the image and on nothing else.
///
/// Committed offsets are no part of the image: what a command does to them is [OffsetTable]'s
/// business, once it is accepted here.
public final class MetadataMachine {
    private static final Outcome DONE = new Outcome.Done();

    private MetadataMachine() {}

    /// What a command comes to on an image, and the image after it; the same image if it was
    /// refused.
    public record Decision(ClusterImage image, Outcome outcome) {}

    /// Decides `command` on `image`. Every node does so for every command, hence: total, no clock,
    /// no chance, no I/O.
    ///
    /// Also the way to answer a "validate only" request: decide, and submit nothing.
    public static Decision decide(MetadataCommand command, ClusterImage image) {
        return switch (command) {
            case NameCluster name -> nameCluster(name, image);
            case RegisterNode register -> NodeDecisions.register(register, image);
            case AllocateProducerIds allocate -> NodeDecisions.producerIds(allocate, image);
            case CreateTopic create -> TopicDecisions.create(create, image);
            case DeleteTopic delete -> TopicDecisions.delete(delete, image);
            case CreatePartitions create -> TopicDecisions.createPartitions(create, image);
            case UnfenceNode unfence -> NodeDecisions.unfence(unfence, image);
            case FenceNode fence -> NodeDecisions.fence(fence, image);
            case BeginShutdown begin -> NodeDecisions.beginShutdown(begin, image);
            case UnregisterNode unregister -> NodeDecisions.unregister(unregister, image);
            case ObserveOnly observe -> NodeDecisions.observeOnly(observe, image);
            case ChangeIsr change -> LeaderDecisions.changeIsr(change, image);
            case GiveUpReplica give -> LeaderDecisions.giveUp(give, image);
            case ElectLeaders elect -> LeaderDecisions.elect(elect, image);
            case AlterReassignments alter -> ReassignmentDecisions.alter(alter, image);
            case AlterConfigs alter -> ConfigDecisions.alter(alter, image);
            case CommitOffsets commit -> GroupDecisions.commit(commit, image);
            case DeleteOffsets delete -> GroupDecisions.delete(delete, image);
            case SaveGroup save -> GroupDecisions.save(save, image);
            case DeleteGroup delete -> GroupDecisions.delete(delete, image);
        };
    }

    private static Decision nameCluster(NameCluster command, ClusterImage image) {
        if (command.clusterId().isEmpty()) {
            return refused(image, Errors.INVALID_REQUEST, "The cluster id is empty.");
        }
        if (image.clusterId().equals(command.clusterId())) {
            return new Decision(image, DONE);
        }
        if (!image.clusterId().isEmpty()) {
            return refused(
                    image,
                    Errors.INCONSISTENT_CLUSTER_ID,
                    "The cluster is %s already; it cannot become %s."
                            .formatted(image.clusterId(), command.clusterId()));
        }
        return done(new ImageEdit(image).clusterId(command.clusterId()).done());
    }

    static Decision done(ClusterImage after) {
        return new Decision(after, DONE);
    }

    static Decision accepted(ClusterImage after, Outcome.Accepted outcome) {
        return new Decision(after, outcome);
    }

    static Decision refused(ClusterImage image, Errors error, String message) {
        return new Decision(image, new Outcome.Refused(error, message));
    }
}
