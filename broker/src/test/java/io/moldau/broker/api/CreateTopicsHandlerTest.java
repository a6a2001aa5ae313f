package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static io.moldau.broker.api.AdminRig.start;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateTopicsHandlerTest {
    private static final int LATEST = 7;

    @Test
    void tellsWhatItCreated() {
        // given
        var rig = new AdminRig();

        // when
        var created = create(rig, topic("t", 3, 1, Map.of("retention.ms", "10000")));

        // then
        assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
        assertThat(created.errorMessage()).isNull();
        assertThat(created.topicId()).isEqualTo(rig.image().topic("t").id());
        assertThat(created.numPartitions()).isEqualTo(3);
        assertThat(created.replicationFactor()).isEqualTo((short) 1);
        assertThat(config(created, "retention.ms").value()).isEqualTo("10000");
        assertThat(config(created, "retention.ms").configSource())
                .isEqualTo(ConfigSource.TOPIC_CONFIG.id());
        assertThat(config(created, "segment.bytes").configSource())
                .isEqualTo(ConfigSource.DEFAULT_CONFIG.id());
        assertThat(rig.overridesOf("t")).isEqualTo(Map.of("retention.ms", "10000"));
    }

    @Test
    void minusOneTakesTheBrokersDefaults() {
        // given
        var rig = new AdminRig("num.partitions", "4");

        // when
        var created = create(rig, topic("t", -1, -1, Map.of()));

        // then
        assertThat(created.numPartitions()).isEqualTo(4);
        assertThat(created.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void theAnswerWaitsUntilTheTopicIsThere() {
        // given
        var rig = new AdminRig();
        rig.store.hold();

        // when
        var answer = start(rig.createTopics(), LATEST, request(topic("t", 1, 1, Map.of())));

        // then
        assertThat(answer).isNotDone();
        rig.store.release();
        assertThat(answer.join().topics().find("t").errorCode()).isZero();
        assertThat(rig.image().topic("t")).isNotNull();
    }

    /// Whoever hears of a topic may produce to it through any node.
    @Test
    void theAnswerWaitsUntilEveryNodeServesTheTopic() {
        // given
        var rig = new AdminRig();
        var everywhere = new CompletableFuture<Boolean>();
        var indexes = new ArrayList<Long>();
        rig.visibility =
                (index, _) -> {
                    indexes.add(index);
                    return everywhere;
                };

        // when
        var answer = start(rig.createTopics(), LATEST, request(topic("t", 1, 1, Map.of())));

        // then
        assertThat(answer).isNotDone();
        assertThat(indexes).containsExactly(rig.image().appliedIndex());
        everywhere.complete(true);
        assertThat(answer.join().topics().find("t").errorCode()).isZero();
    }

    @Test
    void theAnswerComesThoughNobodyKnowsWhatTheOthersServe() {
        // given
        var rig = new AdminRig();
        rig.visibility = (_, _) -> CompletableFuture.failedFuture(new IllegalStateException());

        // when
        var created = create(rig, topic("t", 1, 1, Map.of()));

        // then
        assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
    }

    @Test
    void validatingCreatesNothing() {
        // given
        var rig = new AdminRig();
        var request =
                request(topic("a.b", 2, 1, Map.of()), topic("a_b", 1, 1, Map.of()))
                        .setValidateOnly(true);

        // when
        var answer = call(rig.createTopics(), LATEST, request);

        // then
        assertThat(answer.topics().find("a.b").errorCode()).isZero();
        assertThat(answer.topics().find("a.b").numPartitions()).isEqualTo(2);
        assertThat(error(answer.topics().find("a_b").errorCode()))
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(rig.image().topics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "taken, 1, 1, TOPIC_ALREADY_EXISTS",
        "a b, 1, 1, INVALID_TOPIC_EXCEPTION",
        "'', 1, 1, INVALID_TOPIC_EXCEPTION",
        "__cluster_metadata, 1, 1, INVALID_REQUEST",
        "t, 0, 1, INVALID_PARTITIONS",
        "t, -2, 1, INVALID_PARTITIONS",
        "t, 1, 0, INVALID_REPLICATION_FACTOR",
        "t, 1, 2, INVALID_REPLICATION_FACTOR",
        "t, 10001, 1, POLICY_VIOLATION",
        "t, 2147483647, 1, POLICY_VIOLATION",
    })
    void refusesInASentence(String name, int partitions, int replicas, Errors expected) {
        // given
        var rig = new AdminRig();
        rig.store.withTopic("taken", 1);

        // when
        var refused = create(rig, topic(name, partitions, replicas, Map.of()));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(expected);
        assertThat(refused.errorMessage()).isNotBlank();
        assertThat(rig.image().topics()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "retention.ms, abc",
        "retention.ms, ''",
        "cleanup.policy, sometimes",
        "min.insync.replicas, 0",
        "no.such.setting, 1",
        "remote.storage.enable, true",
    })
    void refusesImpossibleSettings(String name, String value) {
        // given
        var rig = new AdminRig();

        // when
        var refused = create(rig, topic("t", 1, 1, Map.of(name, value)));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(refused.errorMessage()).contains(name);
        assertThat(rig.image().topic("t")).isNull();
    }

    @Test
    void aSettingWithoutAValueIsRefused() {
        // given
        var rig = new AdminRig();
        var topic = topic("t", 1, 1, Map.of());
        topic.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue(null));

        // when
        var refused = create(rig, topic);

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_CONFIG);
    }

    @Test
    void aNameGivenTwiceIsCreatedNeitherTime() {
        // given
        var rig = new AdminRig();
        var request =
                request(
                        topic("twice", 1, 1, Map.of()),
                        topic("twice", 2, 1, Map.of()),
                        topic("once", 1, 1, Map.of()));

        // when
        var answer = call(rig.createTopics(), LATEST, request);

        // then
        assertThat(answer.topics()).hasSize(2);
        assertThat(error(answer.topics().find("twice").errorCode()))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(rig.image().topics()).extracting(topic -> topic.name()).containsExactly("once");
    }

    @Test
    void replicasCanBeLaidOutByHand() {
        // given
        var rig = new AdminRig();

        // when
        var created = create(rig, assigned("t", -1, -1, List.of(1), List.of(1)));

        // then
        assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
        assertThat(created.numPartitions()).isEqualTo(2);
    }

    @Test
    void refusesLayoutsThatMakeNoSense() {
        // given
        var rig = new AdminRig();
        var gap = assigned("gap", -1, -1, List.of(1));
        gap.assignments().iterator().next().setPartitionIndex(1);

        // when
        var counted = create(rig, assigned("counted", 1, -1, List.of(1)));
        var unknownNode = create(rig, assigned("node", -1, -1, List.of(9)));
        var noReplica = create(rig, assigned("none", -1, -1, List.of()));
        var withGap = create(rig, gap);

        // then
        assertThat(error(counted.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(List.of(unknownNode, noReplica, withGap))
                .extracting(refused -> error(refused.errorCode()))
                .containsOnly(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(rig.image().topics()).isEmpty();
    }

    @Test
    void oneRequestCannotAskForTooManyPartitionsInAll() {
        // given
        var rig = new AdminRig();
        var request = request(topic("a", 6_000, 1, Map.of()), topic("b", 6_000, 1, Map.of()));

        // when
        var answer = call(rig.createTopics(), LATEST, request);

        // then
        assertThat(answer.topics())
                .extracting(topic -> error(topic.errorCode()))
                .containsOnly(Errors.POLICY_VIOLATION);
        assertThat(rig.image().topics()).isEmpty();
    }

    @Test
    void createsAtEveryVersion() {
        var rig = new AdminRig();
        for (int version = 2; version <= LATEST; version++) {
            var name = "v" + version;
            var answer = call(rig.createTopics(), version, request(topic(name, 2, 1, Map.of())));
            var created = answer.topics().find(name);
            assertThat(error(created.errorCode())).isEqualTo(Errors.NONE);
            assertThat(created.numPartitions()).isEqualTo(version >= 5 ? 2 : -1);
            assertThat(created.topicId().equals(Uuid.ZERO_UUID)).isEqualTo(version < 7);
        }
    }

    private static CreatableTopicResult create(AdminRig rig, CreatableTopic topic) {
        CreateTopicsResponseData answer = call(rig.createTopics(), LATEST, request(topic));
        return answer.topics().find(topic.name());
    }

    private static CreateTopicsRequestData request(CreatableTopic... topics) {
        var request = new CreateTopicsRequestData();
        Arrays.stream(topics).forEach(request.topics()::add);
        return request;
    }

    private static CreatableTopic topic(
            String name, int partitions, int replicas, Map<String, String> configs) {
        var topic =
                new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) replicas);
        configs.forEach((key, value) ->
                topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value)));
        return topic;
    }

    @SafeVarargs
    private static CreatableTopic assigned(
            String name, int partitions, int replicas, List<Integer>... assignment) {
        var topic = topic(name, partitions, replicas, Map.of());
        for (int i = 0; i < assignment.length; i++) {
            topic.assignments()
                    .add(
                            new CreatableReplicaAssignment()
                                    .setPartitionIndex(i)
                                    .setBrokerIds(assignment[i]));
        }
        return topic;
    }

    private static CreatableTopicConfigs config(CreatableTopicResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
