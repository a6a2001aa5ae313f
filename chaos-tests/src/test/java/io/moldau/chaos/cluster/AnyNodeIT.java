package io.moldau.chaos.cluster;

import static io.moldau.chaos.cluster.ClusterView.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.ClusterProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// Three nodes of which any does what an operator wants, and shows at once what was done through
/// another.
///
/// System property: `moldau.anynode.topics` (30).
class AnyNodeIT {
    private static final int NODES = 3;
    private static final int TOPICS = Integer.getInteger("moldau.anynode.topics", 30);
    private static final int GROUPS = 20;
    private static final Duration SETTLES = Duration.ofMinutes(1);

    @Test
    void everyNodeDoesAndShowsTheSame() {
        try (var cluster = Acceptance.cluster("any-node", NODES);
                var view = new ClusterView(cluster.bootstrap())) {
            cluster.start();
            view.awaitNodes(NODES);
            var admins = cluster.nodes().stream().map(AnyNodeIT::admin).toList();
            try {
                producesThroughOtherNodesAsSoonAsATopicIsCreated(cluster, admins);
                view.awaitFullIsr("topic-0");
                movesAPartitionAndItsLeaderBack(admins);
                listsEachGroupOnce(admins);
                describesTheQuorumAlike(admins);
                changesTheSettingsOfAnotherNode(admins);
            } finally {
                admins.forEach(Admin::close);
            }
        }
    }

    private static Admin admin(BrokerProcess node) {
        return Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
    }

    /// No retry hides an UNKNOWN_TOPIC_OR_PARTITION: each producer asks one node, once.
    private static void producesThroughOtherNodesAsSoonAsATopicIsCreated(
            ClusterProcess cluster, List<Admin> admins) {
        for (int i = 0; i < TOPICS; i++) {
            var name = "topic-" + i;
            get(
                    admins.get(i % NODES)
                            .createTopics(List.of(new NewTopic(name, 3, (short) NODES)))
                            .all());
            for (var admin : admins) {
                assertThat(get(admin.describeTopics(List.of(name)).allTopicNames()).get(name))
                        .as("%s as every node shows it", name)
                        .satisfies(topic ->
                                assertThat(topic.partitions())
                                        .allMatch(partition -> partition.leader() != null));
            }
        }
        var other = cluster.node(1 + TOPICS % NODES);
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers", other.bootstrap(), "acks", "all", "retries", 0);
        try (var producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int partition = 0; partition < 3; partition++) {
                sends(producer, new ProducerRecord<>("topic-" + (TOPICS - 1), partition, "k", "v"));
            }
        }
    }

    private static void sends(
            KafkaProducer<String, String> producer, ProducerRecord<String, String> record) {
        assertThat(producer.send(record)).succeedsWithin(SETTLES);
    }

    private static void movesAPartitionAndItsLeaderBack(List<Admin> admins) {
        var partition = new TopicPartition("topic-0", 0);
        var before = replicas(admins.get(0), partition);
        var target = List.of(before.get(1), before.get(2));
        get(
                admins.get(1)
                        .alterPartitionReassignments(
                                Map.of(
                                        partition,
                                        Optional.of(new NewPartitionReassignment(target))))
                        .all());
        await("the move ends")
                .atMost(SETTLES)
                .until(() ->
                        get(admins.get(2).listPartitionReassignments().reassignments()).isEmpty());
        assertThat(replicas(admins.get(0), partition)).isEqualTo(target);

        var widened = List.of(before.get(0), before.get(1), before.get(2));
        get(
                admins.get(2)
                        .alterPartitionReassignments(
                                Map.of(
                                        partition,
                                        Optional.of(new NewPartitionReassignment(widened))))
                        .all());
        await("it is back")
                .atMost(SETTLES)
                .until(() ->
                        get(admins.get(0).listPartitionReassignments().reassignments()).isEmpty());
        get(admins.get(0).electLeaders(ElectionType.PREFERRED, null).partitions());
        await("the preferred replica leads")
                .atMost(SETTLES)
                .until(() -> leader(admins.get(1), partition) == before.getFirst());
    }

    private static List<Integer> replicas(Admin admin, TopicPartition partition) {
        return get(admin.describeTopics(List.of(partition.topic())).allTopicNames())
                .get(partition.topic())
                .partitions()
                .get(partition.partition())
                .replicas()
                .stream()
                .map(node -> node.id())
                .toList();
    }

    private static int leader(Admin admin, TopicPartition partition) {
        return get(admin.describeTopics(List.of(partition.topic())).allTopicNames())
                .get(partition.topic())
                .partitions()
                .get(partition.partition())
                .leader()
                .id();
    }

    /// Groups are spread over the nodes, and each is known to one of them.
    private static void listsEachGroupOnce(List<Admin> admins) {
        var coordinators = new HashSet<Integer>();
        for (int i = 0; i < GROUPS; i++) {
            var offsets = Map.of(new TopicPartition("topic-0", 1), new OffsetAndMetadata(i));
            get(admins.get(i % NODES).alterConsumerGroupOffsets("group-" + i, offsets).all());
        }
        for (var admin : admins) {
            var listed = new ArrayList<String>();
            get(admin.listGroups().all()).stream().map(GroupListing::groupId).forEach(listed::add);
            assertThat(listed).hasSize(GROUPS).doesNotHaveDuplicates();
            for (int i = 0; i < GROUPS; i++) {
                var group = "group-" + i;
                coordinators.add(
                        get(admin.describeConsumerGroups(List.of(group)).all())
                                .get(group)
                                .coordinator()
                                .id());
                var offsets =
                        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
                assertThat(offsets.values()).containsExactly(new OffsetAndMetadata(i));
            }
        }
        assertThat(coordinators).isEqualTo(Set.of(1, 2, 3));
    }

    private static void describesTheQuorumAlike(List<Admin> admins) {
        for (var admin : admins) {
            QuorumInfo quorum = get(admin.describeMetadataQuorum().quorumInfo());
            assertThat(quorum.voters()).hasSize(NODES);
            assertThat(quorum.voters())
                    .allMatch(voter -> voter.lastFetchTimestamp().orElse(-1) > 0);
        }
    }

    private static void changesTheSettingsOfAnotherNode(List<Admin> admins) {
        var resource = new ConfigResource(ConfigResource.Type.BROKER, "2");
        var change =
                new AlterConfigOp(
                        new ConfigEntry("log.retention.ms", "123456789"), AlterConfigOp.OpType.SET);
        get(admins.get(0).incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
        for (var admin : admins) {
            assertThat(
                            get(admin.describeConfigs(List.of(resource)).all())
                                    .get(resource)
                                    .get("log.retention.ms")
                                    .value())
                    .isEqualTo("123456789");
        }
    }
}
