package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static io.moldau.broker.api.AdminRig.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.NodeEndpoint;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataHandlerTest {
    private static final int LATEST = 13;

    @Test
    void noTopicsMeansAllOfThemOnlyAtVersion0() {
        // given
        var rig = new AdminRig();
        rig.store.withTopic("a", 1);

        // when
        var v0 = call(rig.metadataHandler(), 0, ask());
        var v1 = call(rig.metadataHandler(), 1, ask());

        // then
        assertThat(names(v0)).containsExactly("a");
        assertThat(names(v1)).isEmpty();
    }

    @Test
    void nullMeansAllTopics() {
        // given
        var rig = new AdminRig();
        rig.store.withTopic("a", 1);
        rig.store.withTopic("b", 3);

        // when
        var answer = call(rig.metadataHandler(), LATEST, new MetadataRequestData().setTopics(null));

        // then
        assertThat(names(answer)).containsExactlyInAnyOrder("a", "b");
        assertThat(answer.topics().find("b").partitions())
                .allMatch(partition -> partition.leaderId() == 1 && partition.leaderEpoch() == 0);
    }

    @Test
    void aMissingTopicIsThereInTheSameAnswer() {
        // given
        var rig = new AdminRig("num.partitions", "3");

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask("new"));

        // then
        var topic = answer.topics().find("new");
        assertThat(error(topic.errorCode())).isEqualTo(Errors.NONE);
        assertThat(topic.partitions()).hasSize(3).allMatch(partition -> partition.leaderId() == 1);
        assertThat(topic.topicId()).isEqualTo(rig.image().topic("new").id());
    }

    @Test
    void theAnswerWaitsForTheTopicThatItCreates() {
        // given
        var rig = new AdminRig();
        rig.store.hold();

        // when
        var answer = start(rig.metadataHandler(), LATEST, ask("new"));

        // then
        assertThat(answer).isNotDone();
        rig.store.release();
        assertThat(answer.join().topics().find("new").errorCode()).isZero();
    }

    @Test
    void nothingIsCreatedWhereClientOrSettingsForbidIt() {
        // given
        var open = new AdminRig();
        var closed = new AdminRig("auto.create.topics.enable", "false");

        // when
        var byClient =
                call(open.metadataHandler(), LATEST, ask("new").setAllowAutoTopicCreation(false));
        var bySetting = call(closed.metadataHandler(), LATEST, ask("new"));

        // then
        assertThat(errorOf(byClient, "new")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(bySetting, "new")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(open.image().topics()).isEmpty();
        assertThat(closed.image().topics()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "ü", "a/b"})
    void anIllegalNameIsNoTopic(String name) {
        // given
        var rig = new AdminRig();

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask(name, "fine"));

        // then
        assertThat(errorOf(answer, name)).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOf(answer, "fine")).isEqualTo(Errors.NONE);
        assertThat(rig.image().topic(name)).isNull();
    }

    @Test
    void aTopicThatCannotBeCreatedIsRefusedWithTheReason() {
        // given
        var rig = new AdminRig("default.replication.factor", "3");
        rig.store.withTopic("a.b", 1);

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask("new", "a_b"));

        // then
        assertThat(errorOf(answer, "new")).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(errorOf(answer, "a_b")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void theOffsetsTopicGetsAsManyReplicasAsThereAreNodes() {
        // given
        var rig = new AdminRig("offsets.topic.replication.factor", "3");

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask(Topic.GROUP_METADATA_TOPIC_NAME));

        // then
        var topic = answer.topics().find(Topic.GROUP_METADATA_TOPIC_NAME);
        assertThat(error(topic.errorCode())).isEqualTo(Errors.NONE);
        assertThat(topic.isInternal()).isTrue();
        assertThat(topic.partitions())
                .hasSize(50)
                .allMatch(partition -> partition.replicaNodes().equals(List.of(1)));
        assertThat(rig.overridesOf(Topic.GROUP_METADATA_TOPIC_NAME))
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("compression.type", "producer")
                .containsEntry("segment.bytes", "104857600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__transaction_state", "__share_group_state", "__cluster_metadata"})
    void otherInternalTopicsAreNotCreatedOnDemand(String name) {
        // given
        var rig = new AdminRig();

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask(name));

        // then
        assertThat(errorOf(answer, name)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(rig.image().topics()).isEmpty();
    }

    @Test
    void aTopicMadeOnDemandIsToldOnceEveryNodeServesIt() {
        // given
        var rig = new AdminRig();
        var everywhere = new CompletableFuture<Boolean>();
        rig.visibility = (_, _) -> everywhere;

        // when
        var answer = AdminRig.start(rig.metadataHandler(), LATEST, ask("new"));

        // then
        assertThat(answer).isNotDone();
        everywhere.complete(true);
        assertThat(errorOf(answer.join(), "new")).isEqualTo(Errors.NONE);
    }

    @Test
    void aTopicIsFoundByItsId() {
        // given
        var rig = new AdminRig();
        var id = rig.store.withTopic("a", 1);
        var unknown = Uuid.randomUuid();

        // when
        var answer = call(rig.metadataHandler(), 12, askById(id, unknown));

        // then
        assertThat(answer.topics())
                .extracting(MetadataResponseTopic::name)
                .containsExactly("a", null);
        assertThat(answer.topics())
                .extracting(MetadataResponseTopic::topicId)
                .containsExactly(id, unknown);
        assertThat(answer.topics())
                .extracting(topic -> error(topic.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_ID);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void idsAreNotUnderstoodBeforeVersion12(int version) {
        // given
        var rig = new AdminRig();
        var id = rig.store.withTopic("a", 1);

        // when
        var answer = call(rig.metadataHandler(), version, askById(id));

        // then
        assertThat(answer.topics())
                .extracting(topic -> error(topic.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST);
    }

    @Test
    void aNameAskedForTwiceIsAnsweredOnce() {
        // given
        var rig = new AdminRig();

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask("a", "a"));

        // then
        assertThat(names(answer)).containsExactly("a");
    }

    @Test
    void whatAClientMayDoIsToldIfItAsks() {
        // given
        var rig = new AdminRig();
        rig.store.withTopic("a", 1);
        var asking =
                ask("a").setIncludeTopicAuthorizedOperations(true)
                        .setIncludeClusterAuthorizedOperations(true);

        // when
        var asked = call(rig.metadataHandler(), 8, asking);
        var notAsked = call(rig.metadataHandler(), 8, ask("a"));

        // then
        assertThat(asked.clusterAuthorizedOperations()).isEqualTo(0b1_1111_1010_0000);
        assertThat(asked.topics().find("a").topicAuthorizedOperations())
                .isEqualTo(0b1101_1111_1000);
        assertThat(notAsked.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(notAsked.topics().find("a").topicAuthorizedOperations())
                .isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void aNodeIsToldAsAdvertisedOrAsTheClientDialledIt() {
        // given
        var advertised = new AdminRig();
        var dialled = new AdminRig();
        registerWith(dialled, new NodeEndpoint("PLAINTEXT", "", 0, SecurityProtocol.PLAINTEXT));

        // when
        var first = call(advertised.metadataHandler(), LATEST, ask());
        var second = call(dialled.metadataHandler(), LATEST, ask());

        // then
        assertThat(first.brokers().find(1).host() + ":" + first.brokers().find(1).port())
                .isEqualTo("broker:9092");
        assertThat(second.brokers().find(1).host() + ":" + second.brokers().find(1).port())
                .isEqualTo("127.0.0.1:9092");
    }

    @Test
    void aLeaderWithoutTheClientsListenerIsNotToldToIt() {
        // given
        var rig = new AdminRig();
        rig.store.withTopic("a", 1);
        registerWith(rig, new NodeEndpoint("INTERNAL", "inside", 9093, SecurityProtocol.PLAINTEXT));

        // when
        var answer = call(rig.metadataHandler(), LATEST, ask("a"));

        // then
        var partition = answer.topics().find("a").partitions().getFirst();
        assertThat(answer.brokers()).isEmpty();
        assertThat(partition.leaderId()).isEqualTo(-1);
        assertThat(error(partition.errorCode())).isEqualTo(Errors.LISTENER_NOT_FOUND);
    }

    private static void registerWith(AdminRig rig, NodeEndpoint endpoint) {
        rig.store
                .submit(
                        RegisterNode.lone(
                                1,
                                Uuid.randomUuid(),
                                Uuid.randomUuid(),
                                List.of(endpoint),
                                null,
                                Long.MAX_VALUE))
                .join();
    }

    private static MetadataRequestData ask(String... names) {
        return new MetadataRequestData()
                .setTopics(
                        Arrays.stream(names)
                                .map(name -> new MetadataRequestTopic().setName(name))
                                .toList());
    }

    private static MetadataRequestData askById(Uuid... ids) {
        return new MetadataRequestData()
                .setTopics(
                        Arrays.stream(ids)
                                .map(id -> new MetadataRequestTopic().setName(null).setTopicId(id))
                                .toList());
    }

    private static List<String> names(MetadataResponseData answer) {
        return answer.topics().stream().map(MetadataResponseTopic::name).toList();
    }

    private static Errors errorOf(MetadataResponseData answer, String topic) {
        return error(answer.topics().find(topic).errorCode());
    }
}
