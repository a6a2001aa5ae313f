package io.moldau.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;

/// The nodes of a cluster and what they hold, asked for at one moment.
record ClusterState(List<Node> nodes, QuorumInfo quorum, Collection<TopicDescription> topics) {
    static ClusterState ask(Admin admin) throws Exception {
        var cluster =
                admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        var quorum = admin.describeMetadataQuorum().quorumInfo();
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
        return new ClusterState(
                cluster.nodes().get().stream()
                        .sorted(java.util.Comparator.comparingInt(Node::id))
                        .toList(),
                quorum.get(),
                admin.describeTopics(names).allTopicNames().get().values());
    }

    Node node(int id) {
        return nodes.stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() ->
                        CliException.failure(
                                "There is no node %d; the nodes are %s."
                                        .formatted(id, nodes.stream().map(Node::id).toList())));
    }

    Optional<QuorumInfo.ReplicaState> voter(int id) {
        return quorum.voters().stream().filter(voter -> voter.replicaId() == id).findFirst();
    }

    Optional<QuorumInfo.ReplicaState> listener(int id) {
        return quorum.observers().stream().filter(other -> other.replicaId() == id).findFirst();
    }

    String role(int id) {
        if (id == quorum.leaderId()) {
            return "leader";
        }
        return voter(id).isPresent() ? "voter" : listener(id).isPresent() ? "listener" : "none";
    }

    long replicasOn(int id) {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition ->
                        partition.replicas().stream().anyMatch(replica -> replica.id() == id))
                .count();
    }

    long ledBy(int id) {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.leader() != null && partition.leader().id() == id)
                .count();
    }

    /// Those that may take replicas.
    List<Node> aliveBut(int id) {
        return nodes.stream().filter(node -> node.id() != id && !node.isFenced()).toList();
    }
}
