package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescribeTopicPartitionsHandlerTest {
    private final AdminRig rig = new AdminRig();
    private final DescribeTopicPartitionsHandler handler =
            new DescribeTopicPartitionsHandler(rig.metadata, rig.addresses);

    @BeforeEach
    void createTopics() {
        rig.store.withTopic("b", 3);
        rig.store.withTopic("a", 2);
        rig.store.withTopic("c", 1);
    }

    @Test
    void topicsComeByName() {
        // when
        var all = ask(0, null);
        var some = ask(0, null, "c", "a");

        // then
        assertThat(partitions(all)).containsExactly("a-0", "a-1", "b-0", "b-1", "b-2", "c-0");
        assertThat(partitions(some)).containsExactly("a-0", "a-1", "c-0");
        assertThat(all.nextCursor()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 2000})
    void thePagesTogetherAreTheWhole(int limit) {
        // when
        var seen = new ArrayList<String>();
        Cursor cursor = null;
        do {
            var page = ask(limit, cursor);
            assertThat(partitions(page)).hasSizeLessThanOrEqualTo(limit);
            seen.addAll(partitions(page));
            cursor = next(page);
        } while (cursor != null && seen.size() < 100);

        // then
        assertThat(seen).containsExactly("a-0", "a-1", "b-0", "b-1", "b-2", "c-0");
    }

    @Test
    void aTopicThatIsNotThereIsToldSo() {
        // when
        var answer = ask(2000, null, "a", "gone", "not legal");

        // then
        assertThat(answer.topics())
                .extracting(topic -> error(topic.errorCode()))
                .containsExactly(
                        Errors.NONE,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aCursorAtATopicThatWasDeletedGoesOnWithTheNext() {
        // when
        var answer = ask(2000, new Cursor().setTopicName("aa").setPartitionIndex(7));

        // then
        assertThat(partitions(answer)).containsExactly("b-0", "b-1", "b-2", "c-0");
    }

    @Test
    void aCursorThatPointsAtNothingIsRefused() {
        // when
        var negative = ask(2000, new Cursor().setTopicName("a").setPartitionIndex(-1), "a");
        var behind = ask(2000, new Cursor().setTopicName("z").setPartitionIndex(0), "a");

        // then
        assertThat(List.of(negative, behind))
                .flatExtracting(answer -> List.copyOf(answer.topics()))
                .extracting(topic -> error(topic.errorCode()))
                .containsOnly(Errors.INVALID_REQUEST);
    }

    private DescribeTopicPartitionsResponseData ask(int limit, Cursor cursor, String... topics) {
        var request =
                new DescribeTopicPartitionsRequestData()
                        .setTopics(
                                Arrays.stream(topics)
                                        .map(name -> new TopicRequest().setName(name))
                                        .toList())
                        .setCursor(cursor);
        return call(handler, 0, limit == 0 ? request : request.setResponsePartitionLimit(limit));
    }

    private static Cursor next(DescribeTopicPartitionsResponseData page) {
        var next = page.nextCursor();
        return next == null
                ? null
                : new Cursor()
                        .setTopicName(next.topicName())
                        .setPartitionIndex(next.partitionIndex());
    }

    private static List<String> partitions(DescribeTopicPartitionsResponseData answer) {
        return answer.topics().stream()
                .flatMap(DescribeTopicPartitionsHandlerTest::partitions)
                .toList();
    }

    private static Stream<String> partitions(DescribeTopicPartitionsResponseTopic topic) {
        return topic.partitions().stream()
                .map(partition -> topic.name() + "-" + partition.partitionIndex());
    }
}
