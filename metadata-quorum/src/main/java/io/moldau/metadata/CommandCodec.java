package io.moldau.metadata;

import static io.moldau.metadata.ProtoValues.fromProto;
import static io.moldau.metadata.ProtoValues.toProto;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.BeginShutdown;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.ConfigOp;
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
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataCommand.UnregisterNode;
import io.moldau.proto.metadata.Command;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;

/// Commands to and from their contract. What is decoded equals what was encoded.
public final class CommandCodec {
    private CommandCodec() {}

    public static Command encode(MetadataCommand command) {
        var proto = Command.newBuilder();
        switch (command) {
            case NameCluster(var clusterId) ->
                    proto.getNameClusterBuilder().setClusterId(clusterId);
            case RegisterNode register -> proto.setRegisterNode(encode(register));
            case CreateTopic create -> proto.setCreateTopic(encode(create));
            case DeleteTopic(var topicId) ->
                    proto.getDeleteTopicBuilder().setTopicId(toProto(topicId));
            case CreatePartitions create ->
                    proto.getCreatePartitionsBuilder()
                            .setTopic(create.topic())
                            .setNewTotal(create.newTotal())
                            .addAllAssignment(ProtoValues.toReplicas(create.assignment()))
                            .setSeed(create.seed());
            case AlterConfigs alter -> proto.setAlterConfigs(encode(alter));
            case AllocateProducerIds(var nodeId, var nodeEpoch) ->
                    proto.getAllocateProducerIdsBuilder().setNodeId(nodeId).setNodeEpoch(nodeEpoch);
            case CommitOffsets commit -> proto.setCommitOffsets(encode(commit));
            case DeleteOffsets delete -> proto.setDeleteOffsets(encode(delete));
            case SaveGroup(var group, var coordinatorEpoch) ->
                    proto.getSaveGroupBuilder()
                            .setGroup(toProto(group))
                            .setCoordinatorEpoch(coordinatorEpoch);
            case DeleteGroup(var group, var coordinatorEpoch) ->
                    proto.getDeleteGroupBuilder()
                            .setGroup(group)
                            .setCoordinatorEpoch(coordinatorEpoch);
            case ChangeIsr change -> proto.setChangeIsr(LeaderCommandCodec.encode(change));
            case GiveUpReplica give -> proto.setGiveUpReplica(LeaderCommandCodec.encode(give));
            case UnfenceNode(var id, var epoch) ->
                    proto.getUnfenceNodeBuilder().setNodeId(id).setNodeEpoch(epoch);
            case FenceNode(var id, var epoch) ->
                    proto.getFenceNodeBuilder().setNodeId(id).setNodeEpoch(epoch);
            case BeginShutdown(var id, var epoch) ->
                    proto.getBeginShutdownBuilder().setNodeId(id).setNodeEpoch(epoch);
            case UnregisterNode(var id) -> proto.getUnregisterNodeBuilder().setNodeId(id);
            case ObserveOnly(var id, var observerOnly) ->
                    proto.getObserveOnlyBuilder().setNodeId(id).setObserverOnly(observerOnly);
            case ElectLeaders elect -> proto.setElectLeaders(LeaderCommandCodec.encode(elect));
            case AlterReassignments alter ->
                    proto.setAlterReassignments(LeaderCommandCodec.encode(alter));
        }
        return proto.build();
    }

    /// @throws IllegalArgumentException a command of a later version of Moldau
    public static MetadataCommand decode(Command proto) {
        return switch (proto.getKindCase()) {
            case NAME_CLUSTER -> new NameCluster(proto.getNameCluster().getClusterId());
            case REGISTER_NODE -> decode(proto.getRegisterNode());
            case CREATE_TOPIC -> decode(proto.getCreateTopic());
            case DELETE_TOPIC -> new DeleteTopic(fromProto(proto.getDeleteTopic().getTopicId()));
            case CREATE_PARTITIONS -> decode(proto.getCreatePartitions());
            case ALTER_CONFIGS -> decode(proto.getAlterConfigs());
            case ALLOCATE_PRODUCER_IDS ->
                    new AllocateProducerIds(
                            proto.getAllocateProducerIds().getNodeId(),
                            proto.getAllocateProducerIds().getNodeEpoch());
            case COMMIT_OFFSETS -> decode(proto.getCommitOffsets());
            case DELETE_OFFSETS -> decode(proto.getDeleteOffsets());
            case SAVE_GROUP ->
                    new SaveGroup(
                            fromProto(proto.getSaveGroup().getGroup()),
                            proto.getSaveGroup().getCoordinatorEpoch());
            case DELETE_GROUP ->
                    new DeleteGroup(
                            proto.getDeleteGroup().getGroup(),
                            proto.getDeleteGroup().getCoordinatorEpoch());
            case CHANGE_ISR -> LeaderCommandCodec.decode(proto.getChangeIsr());
            case GIVE_UP_REPLICA -> LeaderCommandCodec.decode(proto.getGiveUpReplica());
            case UNFENCE_NODE ->
                    new UnfenceNode(
                            proto.getUnfenceNode().getNodeId(),
                            proto.getUnfenceNode().getNodeEpoch());
            case FENCE_NODE ->
                    new FenceNode(
                            proto.getFenceNode().getNodeId(), proto.getFenceNode().getNodeEpoch());
            case BEGIN_SHUTDOWN ->
                    new BeginShutdown(
                            proto.getBeginShutdown().getNodeId(),
                            proto.getBeginShutdown().getNodeEpoch());
            case UNREGISTER_NODE -> new UnregisterNode(proto.getUnregisterNode().getNodeId());
            case OBSERVE_ONLY ->
                    new ObserveOnly(
                            proto.getObserveOnly().getNodeId(),
                            proto.getObserveOnly().getObserverOnly());
            case ELECT_LEADERS -> LeaderCommandCodec.decode(proto.getElectLeaders());
            case ALTER_REASSIGNMENTS -> LeaderCommandCodec.decode(proto.getAlterReassignments());
            case KIND_NOT_SET ->
                    throw new IllegalArgumentException(
                            "a metadata command that this version does not know: a newer one wrote"
                                    + " it");
        };
    }

    private static io.moldau.proto.metadata.RegisterNode encode(RegisterNode register) {
        var proto =
                io.moldau.proto.metadata.RegisterNode.newBuilder()
                        .setNodeId(register.nodeId())
                        .setIncarnation(toProto(register.incarnation()))
                        .setDirectoryId(toProto(register.directoryId()))
                        .setFeatureLevel(register.featureLevel())
                        .setKnownEpoch(register.knownEpoch())
                        .setClean(register.clean());
        if (register.clusterAddress() != null) {
            proto.setClusterAddress(toProto(register.clusterAddress()));
        }
        register.endpoints().forEach(endpoint -> proto.addEndpoints(toProto(endpoint)));
        if (register.rack() != null) {
            proto.setRack(register.rack());
        }
        return proto.build();
    }

    private static RegisterNode decode(io.moldau.proto.metadata.RegisterNode proto) {
        return new RegisterNode(
                proto.getNodeId(),
                fromProto(proto.getIncarnation()),
                fromProto(proto.getDirectoryId()),
                ProtoValues.endpoints(proto.getEndpointsList()),
                proto.hasClusterAddress() ? fromProto(proto.getClusterAddress()) : null,
                proto.hasRack() ? proto.getRack() : null,
                proto.getFeatureLevel(),
                proto.getKnownEpoch(),
                proto.getClean());
    }

    private static io.moldau.proto.metadata.CreateTopic encode(CreateTopic create) {
        return io.moldau.proto.metadata.CreateTopic.newBuilder()
                .setName(create.name())
                .setTopicId(toProto(create.topicId()))
                .setPartitionCount(create.partitionCount())
                .setReplicationFactor(create.replicationFactor())
                .addAllAssignment(ProtoValues.toReplicas(create.assignment()))
                .addAllConfigs(ProtoValues.toKeyValues(create.configs()))
                .setSeed(create.seed())
                .build();
    }

    private static CreateTopic decode(io.moldau.proto.metadata.CreateTopic proto) {
        return new CreateTopic(
                proto.getName(),
                fromProto(proto.getTopicId()),
                proto.getPartitionCount(),
                (short) proto.getReplicationFactor(),
                ProtoValues.assignment(proto.getAssignmentList()),
                ProtoValues.map(proto.getConfigsList()),
                proto.getSeed());
    }

    private static CreatePartitions decode(io.moldau.proto.metadata.CreatePartitions proto) {
        return new CreatePartitions(
                proto.getTopic(),
                proto.getNewTotal(),
                ProtoValues.assignment(proto.getAssignmentList()),
                proto.getSeed());
    }

    private static io.moldau.proto.metadata.AlterConfigs encode(AlterConfigs alter) {
        var proto =
                io.moldau.proto.metadata.AlterConfigs.newBuilder()
                        .setResourceType(alter.resource().type().id())
                        .setResourceName(alter.resource().name())
                        .setReplaceAll(alter.replaceAll());
        for (var change : alter.changes()) {
            var step =
                    proto.addChangesBuilder()
                            .setName(change.name())
                            .setOp(
                                    switch (change.op()) {
                                        case SET -> io.moldau.proto.metadata.ConfigChange.Op.SET;
                                        case DELETE ->
                                                io.moldau.proto.metadata.ConfigChange.Op.DELETE;
                                        case APPEND ->
                                                io.moldau.proto.metadata.ConfigChange.Op.APPEND;
                                        case SUBTRACT ->
                                                io.moldau.proto.metadata.ConfigChange.Op.SUBTRACT;
                                    });
            if (change.value() != null) {
                step.setValue(change.value());
            }
            if (change.fallback() != null) {
                step.setFallback(change.fallback());
            }
        }
        return proto.build();
    }

    private static AlterConfigs decode(io.moldau.proto.metadata.AlterConfigs proto) {
        var changes = new ArrayList<ConfigChange>(proto.getChangesCount());
        for (var step : proto.getChangesList()) {
            changes.add(
                    new ConfigChange(
                            step.getName(),
                            switch (step.getOp()) {
                                case SET -> ConfigOp.SET;
                                case DELETE -> ConfigOp.DELETE;
                                case APPEND -> ConfigOp.APPEND;
                                case SUBTRACT -> ConfigOp.SUBTRACT;
                                case UNRECOGNIZED ->
                                        throw new IllegalArgumentException(
                                                "a change of configuration that this version does"
                                                        + " not know: a newer one wrote it");
                            },
                            step.hasValue() ? step.getValue() : null,
                            step.hasFallback() ? step.getFallback() : null));
        }
        ConfigResource resource =
                ProtoValues.resource(proto.getResourceType(), proto.getResourceName());
        return new AlterConfigs(resource, List.copyOf(changes), proto.getReplaceAll());
    }

    private static io.moldau.proto.metadata.CommitOffsets encode(CommitOffsets commit) {
        var proto =
                io.moldau.proto.metadata.CommitOffsets.newBuilder()
                        .setGroup(commit.group())
                        .setCommitTimestampMs(commit.commitTimestampMs())
                        .setExpireTimestampMs(commit.expireTimestampMs())
                        .setCoordinatorEpoch(commit.coordinatorEpoch());
        for (var topic : commit.topics()) {
            var columns =
                    proto.addTopicsBuilder()
                            .setTopicId(toProto(topic.topicId()))
                            .setTopic(topic.topic());
            boolean epochs = false;
            boolean metadata = false;
            for (var partition : topic.partitions()) {
                columns.addPartitions(partition.partition()).addOffsets(partition.offset());
                epochs |= partition.leaderEpoch() != -1;
                metadata |= !partition.metadata().isEmpty();
            }
            for (var partition : topic.partitions()) {
                if (epochs) {
                    columns.addLeaderEpochs(partition.leaderEpoch());
                }
                if (metadata) {
                    columns.addMetadata(partition.metadata());
                }
            }
        }
        return proto.build();
    }

    private static CommitOffsets decode(io.moldau.proto.metadata.CommitOffsets proto) {
        var topics = new ArrayList<TopicCommits>(proto.getTopicsCount());
        for (var columns : proto.getTopicsList()) {
            boolean epochs = columns.getLeaderEpochsCount() > 0;
            boolean metadata = columns.getMetadataCount() > 0;
            var partitions = new ArrayList<PartitionCommit>(columns.getPartitionsCount());
            for (int i = 0; i < columns.getPartitionsCount(); i++) {
                partitions.add(
                        new PartitionCommit(
                                columns.getPartitions(i),
                                columns.getOffsets(i),
                                epochs ? columns.getLeaderEpochs(i) : -1,
                                metadata ? columns.getMetadata(i) : ""));
            }
            topics.add(
                    new TopicCommits(
                            fromProto(columns.getTopicId()), columns.getTopic(), partitions));
        }
        return new CommitOffsets(
                proto.getGroup(),
                proto.getCommitTimestampMs(),
                proto.getExpireTimestampMs(),
                topics,
                proto.getCoordinatorEpoch());
    }

    private static io.moldau.proto.metadata.DeleteOffsets encode(DeleteOffsets delete) {
        var proto =
                io.moldau.proto.metadata.DeleteOffsets.newBuilder()
                        .setGroup(delete.group())
                        .setCoordinatorEpoch(delete.coordinatorEpoch());
        for (var topic : delete.topics()) {
            proto.addTopicsBuilder().setTopic(topic.topic()).addAllPartitions(topic.partitions());
        }
        return proto.build();
    }

    private static DeleteOffsets decode(io.moldau.proto.metadata.DeleteOffsets proto) {
        var topics = new ArrayList<TopicPartitions>(proto.getTopicsCount());
        for (var topic : proto.getTopicsList()) {
            topics.add(
                    new TopicPartitions(topic.getTopic(), List.copyOf(topic.getPartitionsList())));
        }
        return new DeleteOffsets(
                proto.getGroup(), List.copyOf(topics), proto.getCoordinatorEpoch());
    }
}
