package io.moldau.metadata;

import io.moldau.proto.metadata.Address;
import io.moldau.proto.metadata.Endpoint;
import io.moldau.proto.metadata.Group;
import io.moldau.proto.metadata.KeyValue;
import io.moldau.proto.metadata.Partition;
import io.moldau.proto.metadata.Replicas;
import io.moldau.proto.metadata.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// The values that commands and snapshots have in common, to and from their contracts.
final class ProtoValues {
    private ProtoValues() {}

    static io.moldau.proto.metadata.Uuid toProto(Uuid id) {
        return io.moldau.proto.metadata.Uuid.newBuilder()
                .setHigh(id.getMostSignificantBits())
                .setLow(id.getLeastSignificantBits())
                .build();
    }

    static Uuid fromProto(io.moldau.proto.metadata.Uuid id) {
        return new Uuid(id.getHigh(), id.getLow());
    }

    static Address toProto(NodeAddress address) {
        return Address.newBuilder().setHost(address.host()).setPort(address.port()).build();
    }

    static NodeAddress fromProto(Address address) {
        return new NodeAddress(address.getHost(), address.getPort());
    }

    static Endpoint toProto(NodeEndpoint endpoint) {
        return Endpoint.newBuilder()
                .setListener(endpoint.listener())
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSecurityProtocol(endpoint.securityProtocol().id)
                .build();
    }

    static List<NodeEndpoint> endpoints(List<Endpoint> endpoints) {
        var list = new ArrayList<NodeEndpoint>(endpoints.size());
        for (var endpoint : endpoints) {
            list.add(
                    new NodeEndpoint(
                            endpoint.getListener(),
                            endpoint.getHost(),
                            endpoint.getPort(),
                            SecurityProtocol.forId((short) endpoint.getSecurityProtocol())));
        }
        return List.copyOf(list);
    }

    static Iterable<Replicas> toReplicas(List<List<Integer>> assignment) {
        var list = new ArrayList<Replicas>(assignment.size());
        for (var nodes : assignment) {
            list.add(Replicas.newBuilder().addAllNodes(nodes).build());
        }
        return list;
    }

    static List<List<Integer>> assignment(List<Replicas> replicas) {
        var list = new ArrayList<List<Integer>>(replicas.size());
        for (var nodes : replicas) {
            list.add(List.copyOf(nodes.getNodesList()));
        }
        return List.copyOf(list);
    }

    /// In order of the keys, so that equal maps become equal bytes.
    static Iterable<KeyValue> toKeyValues(Map<String, String> map) {
        var list = new ArrayList<KeyValue>(map.size());
        new TreeMap<>(map)
                .forEach((key, value) ->
                        list.add(KeyValue.newBuilder().setKey(key).setValue(value).build()));
        return list;
    }

    static Map<String, String> map(List<KeyValue> entries) {
        var map = new HashMap<String, String>();
        for (var entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return Map.copyOf(map);
    }

    static ConfigResource resource(int type, String name) {
        return new ConfigResource(ConfigResource.Type.forId((byte) type), name);
    }

    static Partition toProto(PartitionImage partition) {
        var proto =
                Partition.newBuilder()
                        .setLeader(partition.leader())
                        .setLeaderEpoch(partition.leaderEpoch())
                        .setPartitionEpoch(partition.partitionEpoch())
                        .addAllReplicas(partition.replicas())
                        .addAllElr(partition.elr())
                        .addAllLastKnownElr(partition.lastKnownElr())
                        .addAllAddingReplicas(partition.addingReplicas())
                        .addAllRemovingReplicas(partition.removingReplicas());
        return partition.isr().equals(partition.replicas())
                ? proto.setAllInSync(true).build()
                : proto.addAllIsr(partition.isr()).build();
    }

    static PartitionImage fromProto(Partition proto) {
        var replicas = List.copyOf(proto.getReplicasList());
        return new PartitionImage(
                proto.getLeader(),
                proto.getLeaderEpoch(),
                proto.getPartitionEpoch(),
                replicas,
                proto.getAllInSync() ? replicas : List.copyOf(proto.getIsrList()),
                List.copyOf(proto.getElrList()),
                List.copyOf(proto.getLastKnownElrList()),
                List.copyOf(proto.getAddingReplicasList()),
                List.copyOf(proto.getRemovingReplicasList()));
    }

    static Topic toProto(TopicImage topic) {
        var proto = Topic.newBuilder().setId(toProto(topic.id())).setName(topic.name());
        for (var partition : topic.partitions()) {
            proto.addPartitions(toProto(partition));
        }
        return proto.build();
    }

    static TopicImage fromProto(Topic proto) {
        var partitions = new ArrayList<PartitionImage>(proto.getPartitionsCount());
        proto.getPartitionsList().forEach(partition -> partitions.add(fromProto(partition)));
        return new TopicImage(fromProto(proto.getId()), proto.getName(), List.copyOf(partitions));
    }

    static Group toProto(GroupImage group) {
        var proto =
                Group.newBuilder()
                        .setGroupId(group.groupId())
                        .setGeneration(group.generation())
                        .setProtocolType(group.protocolType())
                        .setStateTimestampMs(group.stateTimestampMs());
        if (group.protocolName() != null) {
            proto.setProtocolName(group.protocolName());
        }
        if (group.leaderId() != null) {
            proto.setLeaderId(group.leaderId());
        }
        for (var member : group.members()) {
            proto.addMembers(toProto(member));
        }
        return proto.build();
    }

    private static Group.Member toProto(GroupImage.Member member) {
        var proto =
                Group.Member.newBuilder()
                        .setMemberId(member.memberId())
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setSessionTimeoutMs(member.sessionTimeoutMs())
                        .setRebalanceTimeoutMs(member.rebalanceTimeoutMs())
                        .setSubscription(member.subscription())
                        .setAssignment(member.assignment());
        if (member.instanceId() != null) {
            proto.setInstanceId(member.instanceId());
        }
        return proto.build();
    }

    static GroupImage fromProto(Group group) {
        var members = new ArrayList<GroupImage.Member>(group.getMembersCount());
        for (var member : group.getMembersList()) {
            members.add(
                    new GroupImage.Member(
                            member.getMemberId(),
                            member.hasInstanceId() ? member.getInstanceId() : null,
                            member.getClientId(),
                            member.getClientHost(),
                            member.getSessionTimeoutMs(),
                            member.getRebalanceTimeoutMs(),
                            member.getSubscription(),
                            member.getAssignment()));
        }
        return new GroupImage(
                group.getGroupId(),
                group.getGeneration(),
                group.getProtocolType(),
                group.hasProtocolName() ? group.getProtocolName() : null,
                group.hasLeaderId() ? group.getLeaderId() : null,
                group.getStateTimestampMs(),
                List.copyOf(members));
    }
}
