package io.moldau.chaos.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/// A cluster as an operator's admin client sees it.
final class ClusterView implements AutoCloseable {
    private static final Duration SETTLES = Duration.ofMinutes(1);

    private final Admin admin;

    ClusterView(String bootstrap) {
        admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers", bootstrap,
                                "reconnect.backoff.max.ms", "200",
                                "request.timeout.ms", "5000"));
    }

    Admin admin() {
        return admin;
    }

    /// Creates a topic and waits until all its replicas are in sync.
    void create(NewTopic topic) {
        get(admin.createTopics(List.of(topic)).all());
        awaitFullIsr(topic.name());
    }

    List<TopicPartitionInfo> partitions(String topic) {
        return description(topic).partitions();
    }

    private TopicDescription description(String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    /// Id of the partition's leader, -1 while it has none.
    int leader(String topic, int partition) {
        var leader = partitions(topic).get(partition).leader();
        return leader == null || leader.isEmpty() ? -1 : leader.id();
    }

    List<Integer> isr(String topic, int partition) {
        return ids(partitions(topic).get(partition).isr());
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).sorted().toList();
    }

    /// Id of the node that leads the metadata quorum.
    int controller() {
        return get(admin.describeMetadataQuorum().quorumInfo()).leaderId();
    }

    /// Id of the node that coordinates the group.
    int coordinator(String group) {
        var described = get(admin.describeConsumerGroups(List.of(group)).all());
        return described.get(group).coordinator().id();
    }

    /// Waits until every partition has all its replicas in sync.
    void awaitFullIsr(String topic) {
        await("full ISR of " + topic)
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() ->
                        partitions(topic).stream()
                                .allMatch(p ->
                                        p.leader() != null
                                                && p.isr().size() == p.replicas().size()));
    }

    /// Waits until every partition has exactly so many replicas in sync.
    void awaitIsr(String topic, int size) {
        await("ISR of " + size + " for " + topic)
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> partitions(topic).stream().allMatch(p -> p.isr().size() == size));
    }

    /// Waits until the partition's leader is `nodeId`, -1 for none.
    void awaitLeader(String topic, int partition, int nodeId) {
        await("leader %d of %s-%d".formatted(nodeId, topic, partition))
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> leader(topic, partition) == nodeId);
    }

    /// Waits until the cluster counts so many nodes that live.
    void awaitNodes(int count) {
        await(count + " nodes")
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> get(admin.describeCluster().nodes()).size() == count);
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
