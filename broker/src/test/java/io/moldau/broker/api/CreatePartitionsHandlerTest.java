package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class CreatePartitionsHandlerTest {
    private static final int LATEST = 3;

    private final AdminRig rig = new AdminRig();
    private final CreatePartitionsHandler handler = new CreatePartitionsHandler(rig.metadata);

    @Test
    void aTopicGrowsAtEveryVersion() {
        rig.store.withTopic("t", 1);
        for (int version = 0; version <= LATEST; version++) {
            var answer = call(handler, version, request(topic("t", version + 2)));
            assertThat(error(answer.results().getFirst().errorCode())).isEqualTo(Errors.NONE);
            assertThat(rig.image().topic("t").partitions()).hasSize(version + 2);
        }
    }

    @Test
    void aTopicDoesNotShrink() {
        // given
        rig.store.withTopic("config-test", 3);

        // when
        var refused = ask(topic("config-test", 1));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(refused.errorMessage())
                .isEqualTo(
                        "The topic config-test currently has 3 partition(s);"
                                + " 1 would not be an increase.");
        assertThat(rig.image().topic("config-test").partitions()).hasSize(3);
    }

    @Test
    void validatingChangesNothing() {
        // given
        rig.store.withTopic("t", 1);

        // when
        var answer = call(handler, LATEST, request(topic("t", 5)).setValidateOnly(true));

        // then
        assertThat(error(answer.results().getFirst().errorCode())).isEqualTo(Errors.NONE);
        assertThat(rig.image().topic("t").partitions()).hasSize(1);
    }

    @Test
    void refusesWhatCannotBe() {
        // given
        rig.store.withTopic("t", 1);

        // when
        var unknown = ask(topic("gone", 2));
        var tooFew = ask(assigned("t", 3, List.of(List.of(1))));
        var unknownNode = ask(assigned("t", 2, List.of(List.of(7))));
        var noNodes = ask(assigned("t", 2, List.of()));

        // then
        assertThat(error(unknown.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(List.of(tooFew, unknownNode, noNodes))
                .extracting(refused -> error(refused.errorCode()))
                .containsOnly(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(rig.image().topic("t").partitions()).hasSize(1);
    }

    @Test
    void aTopicNamedTwiceStaysAsItIs() {
        // given
        rig.store.withTopic("t", 1);

        // when
        var answer = call(handler, LATEST, request(topic("t", 2), topic("t", 3)));

        // then
        assertThat(answer.results())
                .extracting(result -> error(result.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST);
        assertThat(rig.image().topic("t").partitions()).hasSize(1);
    }

    private CreatePartitionsTopicResult ask(CreatePartitionsTopic topic) {
        return call(handler, LATEST, request(topic)).results().getFirst();
    }

    private static CreatePartitionsRequestData request(CreatePartitionsTopic... topics) {
        var request = new CreatePartitionsRequestData();
        Arrays.stream(topics).forEach(request.topics()::add);
        return request;
    }

    private static CreatePartitionsTopic topic(String name, int count) {
        return new CreatePartitionsTopic().setName(name).setCount(count).setAssignments(null);
    }

    private static CreatePartitionsTopic assigned(
            String name, int count, List<List<Integer>> assignment) {
        return topic(name, count)
                .setAssignments(
                        assignment.stream()
                                .map(nodes -> new CreatePartitionsAssignment().setBrokerIds(nodes))
                                .toList());
    }
}
