package io.moldau.metadata;

import static io.moldau.metadata.ProtoValues.fromProto;
import static io.moldau.metadata.ProtoValues.toProto;

import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.proto.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;

/// Those of [CommandCodec]'s commands that change who keeps and who leads a partition.
final class LeaderCommandCodec {
    private LeaderCommandCodec() {}

    static io.moldau.proto.metadata.ChangeIsr encode(ChangeIsr change) {
        var proto =
                io.moldau.proto.metadata.ChangeIsr.newBuilder()
                        .setTopicId(toProto(change.topicId()))
                        .setPartition(change.partition())
                        .setLeaderEpoch(change.leaderEpoch())
                        .setPartitionEpoch(change.partitionEpoch());
        for (var member : change.isr()) {
            proto.addIsr(member.nodeId()).addNodeEpochs(member.nodeEpoch());
        }
        return proto.build();
    }

    static ChangeIsr decode(io.moldau.proto.metadata.ChangeIsr proto) {
        var isr = new ArrayList<IsrMember>(proto.getIsrCount());
        for (int i = 0; i < proto.getIsrCount(); i++) {
            isr.add(new IsrMember(proto.getIsr(i), proto.getNodeEpochs(i)));
        }
        return new ChangeIsr(
                fromProto(proto.getTopicId()),
                proto.getPartition(),
                proto.getLeaderEpoch(),
                proto.getPartitionEpoch(),
                List.copyOf(isr));
    }

    static io.moldau.proto.metadata.GiveUpReplica encode(GiveUpReplica give) {
        return io.moldau.proto.metadata.GiveUpReplica.newBuilder()
                .setNodeId(give.nodeId())
                .setNodeEpoch(give.nodeEpoch())
                .setTopicId(toProto(give.topicId()))
                .setPartition(give.partition())
                .setLeaderEpoch(give.leaderEpoch())
                .setLost(give.lost())
                .build();
    }

    static GiveUpReplica decode(io.moldau.proto.metadata.GiveUpReplica proto) {
        return new GiveUpReplica(
                proto.getNodeId(),
                proto.getNodeEpoch(),
                fromProto(proto.getTopicId()),
                proto.getPartition(),
                proto.getLeaderEpoch(),
                proto.getLost());
    }

    static io.moldau.proto.metadata.ElectLeaders encode(ElectLeaders elect) {
        var proto =
                io.moldau.proto.metadata.ElectLeaders.newBuilder()
                        .setType(
                                switch (elect.type()) {
                                    case PREFERRED ->
                                            io.moldau.proto.metadata.ElectLeaders.Type.PREFERRED;
                                    case UNCLEAN ->
                                            io.moldau.proto.metadata.ElectLeaders.Type.UNCLEAN;
                                })
                        .setAll(elect.topics() == null);
        if (elect.topics() != null) {
            for (var topic : elect.topics()) {
                proto.addTopicsBuilder()
                        .setTopic(topic.topic())
                        .addAllPartitions(topic.partitions());
            }
        }
        return proto.build();
    }

    static ElectLeaders decode(io.moldau.proto.metadata.ElectLeaders proto) {
        var topics = new ArrayList<TopicPartitions>(proto.getTopicsCount());
        for (var topic : proto.getTopicsList()) {
            topics.add(
                    new TopicPartitions(topic.getTopic(), List.copyOf(topic.getPartitionsList())));
        }
        return new ElectLeaders(
                switch (proto.getType()) {
                    case PREFERRED -> ElectionType.PREFERRED;
                    case UNCLEAN -> ElectionType.UNCLEAN;
                    case UNRECOGNIZED ->
                            throw new IllegalArgumentException(
                                    "an election that this version does not know: a newer one"
                                            + " wrote it");
                },
                proto.getAll() ? null : List.copyOf(topics));
    }

    static io.moldau.proto.metadata.AlterReassignments encode(AlterReassignments alter) {
        var proto = io.moldau.proto.metadata.AlterReassignments.newBuilder();
        for (var reassignment : alter.reassignments()) {
            var next =
                    proto.addReassignmentsBuilder()
                            .setTopic(reassignment.topic())
                            .setPartition(reassignment.partition());
            if (reassignment.target() != null) {
                next.setTarget(Replicas.newBuilder().addAllNodes(reassignment.target()));
            }
        }
        return proto.build();
    }

    static AlterReassignments decode(io.moldau.proto.metadata.AlterReassignments proto) {
        var reassignments = new ArrayList<Reassignment>(proto.getReassignmentsCount());
        for (var next : proto.getReassignmentsList()) {
            reassignments.add(
                    new Reassignment(
                            next.getTopic(),
                            next.getPartition(),
                            next.hasTarget()
                                    ? List.copyOf(next.getTarget().getNodesList())
                                    : null));
        }
        return new AlterReassignments(List.copyOf(reassignments));
    }
}
