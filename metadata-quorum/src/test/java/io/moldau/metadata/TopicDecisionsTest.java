package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.error;
import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.isr;
import static io.moldau.metadata.Images.refusal;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CreatePartitions;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.IsrMember;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicDecisionsTest {
    private static List<IsrMember> members(ClusterImage image, Integer... ids) {
        return isr(id(99), 0, image, ids).isr();
    }

    private static CreateTopic assigned(String name, List<List<Integer>> assignment) {
        return new CreateTopic(name, id(99), -1, (short) -1, assignment, Map.of(), 0);
    }

    @Test
    void placesOnNodesThatAreDownWhereTooFewAreUp() {
        var image = cluster(3);
        image = after(Images.fence(2, image), image);
        image = after(Images.fence(3, image), image);

        var partitions = after(topic("t", 99, 12, 2), image).topic("t").partitions();

        assertThat(partitions)
                .allSatisfy(partition -> {
                    assertThat(partition.replicas()).hasSize(2).contains(1);
                    assertThat(partition.isr()).containsExactly(1);
                    assertThat(partition.leader()).isEqualTo(1);
                });
        var allDown = after(Images.fence(1, image), image);
        assertThat(refusal(topic("u", 98, 1, 1), allDown).message())
                .isEqualTo(
                        "Unable to replicate the partition 1 time(s): All brokers are currently"
                                + " fenced.");
    }

    @Test
    void placesATopicAndFindsItByNameAndId() {
        var image = after(topic("orders", 7, 3, 2), cluster(3));

        var created = image.topic("orders");
        assertThat(created).isNotNull().isSameAs(image.topic(id(7)));
        assertThat(image.topicName(id(7))).isEqualTo("orders");
        assertThat(created.partitions()).hasSize(3);
        for (var partition : created.partitions()) {
            assertThat(partition.replicas()).hasSize(2).doesNotHaveDuplicates();
            assertThat(partition.isr()).isEqualTo(partition.replicas());
            assertThat(partition.leader()).isEqualTo(partition.replicas().getFirst());
            assertThat(partition.leaderEpoch()).isZero();
        }
    }

    @Test
    void keepsTheConfigurationThatATopicIsCreatedWith() {
        var create =
                new CreateTopic(
                        "t", id(1), 1, (short) 1, List.of(), Map.of("retention.ms", "10"), 0);

        var image = after(create, cluster(1));

        assertThat(image.configs(new ConfigResource(ConfigResource.Type.TOPIC, "t")))
                .containsExactly(Map.entry("retention.ms", "10"));
    }

    @Test
    void refusesATopicThatExists() {
        var image = after(topic("t", 1, 1, 1), cluster(1));

        var refused = refusal(topic("t", 2, 1, 1), image);

        assertThat(refused.error()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        assertThat(refused.message()).isEqualTo("Topic 't' already exists.");
    }

    @Test
    void refusesIllegalNames() {
        var image = cluster(1);

        for (var name : List.of("", ".", "..", "a b", "a/b", "ü", "x".repeat(250))) {
            assertThat(error(topic(name, 1, 1, 1), image))
                    .as(name)
                    .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        }
        after(topic("x".repeat(249), 1, 1, 1), image);
    }

    @Test
    void refusesNamesThatDifferInDotsAndUnderscoresOnly() {
        var image = after(topic("a.b", 1, 1, 1), cluster(1));

        var refused = refusal(topic("a_b", 2, 1, 1), image);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(refused.message()).contains("'a_b' collides with existing topic: a.b");
    }

    @Test
    void allowsACollidingNameOnceTheOtherIsGone() {
        var image = after(topic("a.b", 1, 1, 1), cluster(1));
        image = after(new DeleteTopic(id(1)), image);

        assertThat(after(topic("a_b", 2, 1, 1), image).topic("a_b")).isNotNull();
    }

    @Test
    void refusesNoPartitionsAndTooMany() {
        assertThat(error(topic("t", 1, 0, 1), cluster(1))).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(error(topic("t", 1, 10_001, 1), cluster(1))).isEqualTo(Errors.POLICY_VIOLATION);
    }

    @Test
    void refusesMoreReplicasThanNodes() {
        var refused = refusal(topic("t", 1, 1, 3), cluster(1));

        assertThat(refused.error()).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(refused.message())
                .contains("Unable to replicate the partition 3 time(s)")
                .contains("only 1 broker(s) are registered");
    }

    @Test
    void givesInternalTopicsAsManyReplicasAsThereAreNodes() {
        var image = after(topic("__consumer_offsets", 1, 50, 3), cluster(1));

        assertThat(image.topic("__consumer_offsets").internal()).isTrue();
        assertThat(image.partition("__consumer_offsets", 49).replicas()).containsExactly(1);
    }

    @Test
    void takesAnAssignmentByHand() {
        var image = after(assigned("t", List.of(List.of(2, 1), List.of(1, 3))), cluster(3));

        assertThat(image.partition("t", 0).replicas()).containsExactly(2, 1);
        assertThat(image.partition("t", 1).leader()).isEqualTo(1);
    }

    @Test
    void refusesImpossibleAssignments() {
        var image = cluster(2);

        for (var wrong :
                List.of(
                        List.of(List.<Integer>of()),
                        List.of(List.of(1, 1)),
                        List.of(List.of(9)),
                        List.of(List.of(1, 2), List.of(1)))) {
            assertThat(error(assigned("t", wrong), image))
                    .as("%s", wrong)
                    .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        }
    }

    @Test
    void deletesATopicWithItsConfiguration() {
        var create =
                new CreateTopic(
                        "t", id(1), 1, (short) 1, List.of(), Map.of("retention.ms", "10"), 0);
        var image = after(create, cluster(1));

        image = after(new DeleteTopic(id(1)), image);

        assertThat(image.topic("t")).isNull();
        assertThat(image.topic(id(1))).isNull();
        assertThat(image.configResources()).isEmpty();
    }

    @Test
    void refusesToDeleteAnUnknownId() {
        assertThat(error(new DeleteTopic(Uuid.randomUuid()), cluster(1)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void addsPartitionsAndLeavesTheOldOnesAlone() {
        var image = after(topic("t", 1, 3, 1), cluster(2));
        var old = image.topic("t").partitions();

        image = after(new CreatePartitions("t", 5, List.of(), 1), image);

        assertThat(image.topic("t").partitions())
                .hasSize(5)
                .startsWith(old.toArray(PartitionImage[]::new));
        assertThat(image.topic(id(1)).partitions()).hasSize(5);
    }

    @Test
    void refusesToShrinkATopic() {
        var image = after(topic("config-test", 1, 3, 1), cluster(1));

        var refused = refusal(new CreatePartitions("config-test", 1, List.of(), 1), image);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(refused.message())
                .isEqualTo(
                        "The topic config-test currently has 3 partition(s); 1 would not be an"
                                + " increase.");
    }

    @Test
    void refusesPartitionsOfAnUnknownTopicOrWithTheWrongAssignment() {
        var image = after(topic("t", 1, 1, 1), cluster(1));

        assertThat(error(new CreatePartitions("nope", 2, List.of(), 1), image))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(new CreatePartitions("t", 3, List.of(List.of(1)), 1), image))
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(error(new CreatePartitions("t", 2, List.of(List.of(7)), 1), image))
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void changesTheIsrUnderANewPartitionEpoch() {
        var image = after(assigned("t", List.of(List.of(1, 2))), cluster(2));

        image = after(new ChangeIsr(id(99), 0, 0, 0, members(image, 1)), image);

        assertThat(image.partition("t", 0).isr()).containsExactly(1);
        assertThat(image.partition("t", 0).partitionEpoch()).isEqualTo(1);
        assertThat(image.partition("t", 0).leaderEpoch()).isZero();
    }

    /// A leader asks so to be sure that nothing it had asked for before can still come true.
    @Test
    void theSameIsrAgainSettlesWhatIsStillUnderWay() {
        var image = after(assigned("t", List.of(List.of(1, 2))), cluster(2));

        image = after(new ChangeIsr(id(99), 0, 0, 0, members(image, 1, 2)), image);

        assertThat(image.partition("t", 0).isr()).containsExactly(1, 2);
        assertThat(error(new ChangeIsr(id(99), 0, 0, 0, members(image, 1)), image))
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void refusesAnIsrFromThePastOrOutOfTheReplicas() {
        var image = after(assigned("t", List.of(List.of(1, 2))), cluster(3));
        image = after(new ChangeIsr(id(99), 0, 0, 0, members(image, 1)), image);

        assertThat(error(new ChangeIsr(id(5), 0, 0, 1, members(image, 1)), image))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(new ChangeIsr(id(99), 3, 0, 1, members(image, 1)), image))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(new ChangeIsr(id(99), 0, 4, 1, members(image, 1)), image))
                .isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(error(new ChangeIsr(id(99), 0, 0, 0, members(image, 1, 2)), image))
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(error(new ChangeIsr(id(99), 0, 0, 1, members(image, 1, 3)), image))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(new ChangeIsr(id(99), 0, 0, 1, members(image, 2)), image))
                .isEqualTo(Errors.INVALID_REQUEST);
    }
}
