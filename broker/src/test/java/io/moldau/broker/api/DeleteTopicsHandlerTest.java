package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static io.moldau.broker.api.AdminRig.start;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DeleteTopicsHandlerTest {
    private static final int LATEST = 6;

    private final AdminRig rig = new AdminRig();
    private final DeleteTopicsHandler handler = new DeleteTopicsHandler(rig.metadata, rig::config);

    @Test
    void deletesByNameAtEveryVersion() {
        for (int version = 1; version <= LATEST; version++) {
            // given
            rig.store.withTopic("t", 1);

            // when
            var answer =
                    call(handler, version, version < LATEST ? byNames("t") : byStates(named("t")));

            // then
            assertThat(errors(answer)).containsExactly(Errors.NONE);
            assertThat(rig.image().topic("t")).isNull();
        }
    }

    @Test
    void deletesById() {
        // given
        var id = rig.store.withTopic("t", 1);

        // when
        var answer = call(handler, LATEST, byStates(identified(id)));

        // then
        var result = answer.responses().iterator().next();
        assertThat(result.name()).isEqualTo("t");
        assertThat(result.topicId()).isEqualTo(id);
        assertThat(rig.image().topics()).isEmpty();
    }

    @Test
    void aDeletedNameCanBeUsedAgain() {
        // given
        var first = rig.store.withTopic("t", 1);
        call(handler, LATEST, byStates(named("t")));

        // when
        var second = rig.store.withTopic("t", 2);

        // then
        assertThat(second).isNotEqualTo(first);
        assertThat(rig.image().topic("t").partitions()).hasSize(2);
    }

    @Test
    void theAnswerWaitsUntilTheTopicIsGone() {
        // given
        rig.store.withTopic("t", 1);
        rig.store.hold();

        // when
        var answer = start(handler, LATEST, byStates(named("t")));

        // then
        assertThat(answer).isNotDone();
        rig.store.release();
        assertThat(answer).isDone();
    }

    @Test
    void whatIsNotThereIsToldApart() {
        // when
        var byName = call(handler, 5, byNames("gone"));
        var byId = call(handler, LATEST, byStates(identified(Uuid.randomUuid())));

        // then
        assertThat(errors(byName)).containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errors(byId)).containsExactly(Errors.UNKNOWN_TOPIC_ID);
        assertThat(byName.responses())
                .extracting(DeletableTopicResult::errorMessage)
                .allMatch(message -> message.contains("gone"));
    }

    @Test
    void aTopicNamedTwiceStays() {
        // given
        var id = rig.store.withTopic("t", 1);

        // when
        var twice = call(handler, 5, byNames("t", "t"));
        var bothWays = call(handler, LATEST, byStates(named("t"), identified(id)));

        // then
        assertThat(errors(twice)).containsExactly(Errors.INVALID_REQUEST);
        assertThat(errors(bothWays)).containsOnly(Errors.INVALID_REQUEST);
        assertThat(rig.image().topic("t")).isNotNull();
    }

    @Test
    void aTopicIsNamedInOneWayOnly() {
        // given
        var id = rig.store.withTopic("t", 1);

        // when
        var answer = call(handler, LATEST, byStates(named("t").setTopicId(id), named(null)));

        // then
        assertThat(errors(answer)).containsOnly(Errors.INVALID_REQUEST).hasSize(2);
        assertThat(rig.image().topic("t")).isNotNull();
    }

    @Test
    void nothingIsDeletedWhereThatIsTurnedOff() {
        // given
        var closed = new AdminRig("delete.topic.enable", "false");
        closed.store.withTopic("t", 1);
        var closedHandler = new DeleteTopicsHandler(closed.metadata, closed::config);

        // when
        var old = call(closedHandler, 2, byNames("t"));
        var later = call(closedHandler, LATEST, byStates(named("t")));

        // then
        assertThat(errors(old)).containsExactly(Errors.INVALID_REQUEST);
        assertThat(errors(later)).containsExactly(Errors.TOPIC_DELETION_DISABLED);
        assertThat(closed.image().topic("t")).isNotNull();
    }

    private static DeleteTopicsRequestData byNames(String... names) {
        return new DeleteTopicsRequestData().setTopicNames(Arrays.asList(names));
    }

    private static DeleteTopicsRequestData byStates(DeleteTopicState... states) {
        return new DeleteTopicsRequestData().setTopics(Arrays.asList(states));
    }

    private static DeleteTopicState named(String name) {
        return new DeleteTopicState().setName(name);
    }

    private static DeleteTopicState identified(Uuid id) {
        return new DeleteTopicState().setName(null).setTopicId(id);
    }

    private static List<Errors> errors(DeleteTopicsResponseData answer) {
        return answer.responses().stream().map(result -> error(result.errorCode())).toList();
    }
}
