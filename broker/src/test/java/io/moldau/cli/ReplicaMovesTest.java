package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class ReplicaMovesTest {
    private static Node node(int id, String rack) {
        return new Node(id, "host-" + id, 9092, rack);
    }

    private static Node node(int id) {
        return node(id, null);
    }

    @SafeVarargs
    private static TopicDescription topic(String name, List<Node>... replicas) {
        var partitions = new ArrayList<TopicPartitionInfo>();
        for (int i = 0; i < replicas.length; i++) {
            partitions.add(
                    new TopicPartitionInfo(i, replicas[i].getFirst(), replicas[i], replicas[i]));
        }
        return new TopicDescription(name, false, partitions);
    }

    @Test
    void everyReplicaOfTheNodeMovesAndKeepsItsPlaceInTheList() {
        // given
        var topics =
                List.of(
                        topic(
                                "orders",
                                List.of(node(1), node(2)),
                                List.of(node(2), node(3)),
                                List.of(node(3), node(1))));

        // when
        var plan = new ReplicaMoves(topics, List.of(node(2), node(3))).awayFrom(1);

        // then
        assertThat(plan.stuck()).isEmpty();
        assertThat(plan.replicas())
                .containsOnly(
                        java.util.Map.entry(new TopicPartition("orders", 0), List.of(3, 2)),
                        java.util.Map.entry(new TopicPartition("orders", 2), List.of(3, 2)));
    }

    @Test
    void theReplicasAreSpreadOverThoseThatHoldTheFewest() {
        // given
        var partitions =
                IntStream.range(0, 12).mapToObj(i -> topic("t" + i, List.of(node(1)))).toList();
        var busy = Stream.of(topic("busy", List.of(node(2)), List.of(node(2)), List.of(node(2))));
        var topics = Stream.concat(partitions.stream(), busy).toList();

        // when
        var plan = new ReplicaMoves(topics, List.of(node(2), node(3), node(4))).awayFrom(1);

        // then
        assertThat(plan.replicas().values().stream().filter(to -> to.equals(List.of(2))))
                .hasSize(2);
        assertThat(plan.replicas().values().stream().filter(to -> to.equals(List.of(3))).count())
                .isBetween(4L, 6L);
    }

    @Test
    void anotherRackIsPreferred() {
        // given
        var topics = List.of(topic("orders", List.of(node(1, "a"), node(2, "b"))));

        // when
        var plan =
                new ReplicaMoves(topics, List.of(node(2, "b"), node(3, "b"), node(4, "c")))
                        .awayFrom(1);

        // then
        assertThat(plan.replicas().values()).containsExactly(List.of(4, 2));
    }

    @Test
    void whatNoNodeIsLeftForIsNamed() {
        // given
        var topics = List.of(topic("orders", List.of(node(1), node(2), node(3))));

        // when
        var plan = new ReplicaMoves(topics, List.of(node(2), node(3))).awayFrom(1);

        // then
        assertThat(plan.replicas()).isEmpty();
        assertThat(plan.stuck()).containsExactly(new TopicPartition("orders", 0));
    }
}
