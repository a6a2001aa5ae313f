package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.partition.PartitionsFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchHandlerTest {
    private static final int BY_NAME = 12;
    private static final int BY_ID = 17;
    private static final int NO_SESSION = -1;

    @TempDir private Path folder;

    private final TestConnection connection = new TestConnection();
    private PartitionsFixture fixture;
    private FetchHandler handler;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(folder);
        handler = FetchHandlers.over(fixture);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void returnsWhatWasAppended() {
        // given
        fixture.createTopic("t", 1);
        append("t", 0, "a", "b");

        // when
        var found = only(fetch(request(0, "t", 0)));

        // then
        assertThat(found.errorCode()).isZero();
        assertThat(found.highWatermark()).isEqualTo(2);
        assertThat(found.lastStableOffset()).isEqualTo(2);
        assertThat(found.records().sizeInBytes())
                .isEqualTo(PartitionsFixture.batch("a", "b").remaining());
        release(found);
    }

    @Test
    void waitsUntilEnoughHasBeenAppended() {
        // given
        fixture.createTopic("t", 2);
        var waiting = start(BY_NAME, request(10_000, "t", 0, 1));
        await().atMost(Duration.ofSeconds(10)).until(connection::hasScheduled);

        // when
        append("t", 1, "a");

        // then
        var answer = waiting.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(answer.responses().getFirst().partitions().get(1).records().sizeInBytes())
                .isPositive();
        assertThat(connection.hasScheduled()).isFalse();
        release(answer.responses().getFirst().partitions().get(1));
    }

    @Test
    void answersWithNothingWhenTheTimeIsUp() {
        // given
        fixture.createTopic("t", 1);
        var waiting = start(BY_NAME, request(10_000, "t", 0));
        await().atMost(Duration.ofSeconds(10)).until(connection::hasScheduled);

        // when
        connection.timePasses();

        // then
        var found = only(waiting.orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(found.errorCode()).isZero();
        assertThat(found.records().sizeInBytes()).isZero();
    }

    @Test
    void anErrorIsAnsweredAtOnceHoweverLongTheClientWouldWait() {
        // given
        fixture.createTopic("t", 1);

        // when
        var found = only(fetch(request(10_000, 99, "t", 0)));

        // then
        assertThat(Errors.forCode(found.errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void theFirstBatchComesWholeHoweverSmallTheLimit() {
        // given
        fixture.createTopic("t", 2);
        append("t", 0, "a".repeat(5_000));
        append("t", 1, "b".repeat(5_000));
        var request = request(0, "t", 0, 1).setMaxBytes(100);

        // when
        var found = fetch(request).responses().getFirst().partitions();

        // then
        assertThat(found.get(0).records().sizeInBytes()).isGreaterThan(5_000);
        assertThat(found.get(1).records().sizeInBytes()).isZero();
        release(found.get(0));
    }

    @Test
    void anIncrementalAnswerNamesOnlyWhatIsNew() {
        // given
        fixture.createTopic("t", 2);
        var first = fetch(request(0, "t", 0, 1).setSessionEpoch(0));
        append("t", 1, "a");

        // when
        var next =
                fetch(
                        new FetchRequestData()
                                .setSessionId(first.sessionId())
                                .setSessionEpoch(1)
                                .setMaxBytes(1 << 20));

        // then
        assertThat(first.sessionId()).isPositive();
        assertThat(first.responses().getFirst().partitions()).hasSize(2);
        assertThat(only(next).partitionIndex()).isEqualTo(1);
        release(only(next));
    }

    @Test
    void anUnknownTopicIdIsSaidToBeOne() {
        // given
        var request = request(0, "", 0);
        request.topics().getFirst().setTopicId(Uuid.randomUuid());

        // when
        var found = only(join(start(BY_ID, request)));

        // then
        assertThat(Errors.forCode(found.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aDeposedLeaderTellsWhoLeadsAndWhere() {
        // given
        fixture.register(PartitionsFixture.OTHER_NODE, 9093);
        var request = request(0, "", 0);
        request.topics().getFirst().setTopicId(fixture.createTopicElsewhere("t"));

        // when
        var answer = join(start(BY_ID, request));

        // then
        assertThat(Errors.forCode(only(answer).errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(only(answer).currentLeader().leaderId()).isEqualTo(PartitionsFixture.OTHER_NODE);
        assertThat(answer.nodeEndpoints())
                .singleElement()
                .satisfies(node -> assertThat(node.port()).isEqualTo(9093));
    }

    @Test
    void aClientWithALaterLeaderEpochIsToldToWait() {
        // given
        fixture.createTopic("t", 1);
        var request = request(0, "t", 0);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(7);

        // when
        var found = only(fetch(request));

        // then
        assertThat(Errors.forCode(found.errorCode())).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void waitsForANewerEpochThatIsOnItsWay() {
        // given
        fixture.createTopic("t", 1);
        append("t", 0, "a");
        var request = request(0, "t", 0);
        request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(1);
        var early = start(BY_NAME, request);
        boolean atOnce = early.isDone();

        // when
        fixture.register(PartitionsFixture.NODE, 9092); // Leads again, in its next life.
        var found = only(join(early));

        // then
        assertThat(atOnce).isFalse();
        assertThat(Errors.forCode(found.errorCode())).isEqualTo(Errors.NONE);
        assertThat(found.highWatermark()).isEqualTo(1);
        release(found);
    }

    @Test
    void aReadCommittedFetchEndsAtTheLastStableOffset() {
        // given
        fixture.createTopic("t", 1);
        append("t", 0, "a");

        // when
        var found = only(fetch(request(0, "t", 0).setIsolationLevel((byte) 1)));

        // then
        assertThat(found.lastStableOffset()).isEqualTo(1);
        assertThat(found.abortedTransactions()).isEmpty();
        release(found);
    }

    @Test
    void leavesNothingBehindOnTheConnection() {
        // given
        fixture.createTopic("t", 1);

        // when
        fetch(request(0, "t", 0));
        fetch(request(0, "t", 0));

        // then
        assertThat(connection.closeListeners()).isZero();
    }

    private void append(String topic, int index, String... values) {
        var partition = fixture.partition(topic, index);
        var done = new CompletableFuture<Void>();
        partition
                .shard()
                .execute(() ->
                        partition.append(
                                PartitionsFixture.batch(values),
                                false,
                                1000,
                                _ -> done.complete(null)));
        done.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<FetchResponseData> start(int version, FetchRequestData request) {
        return handler.handle(connection.context(ApiKeys.FETCH, version), request);
    }

    private FetchResponseData fetch(FetchRequestData request) {
        return join(start(BY_NAME, request));
    }

    private static FetchResponseData join(CompletableFuture<FetchResponseData> answer) {
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static PartitionData only(FetchResponseData response) {
        return response.responses().getFirst().partitions().getFirst();
    }

    private static void release(PartitionData found) {
        ((RecordPayload) found.records()).release();
    }

    private static FetchRequestData request(int waitMs, String topic, int... partitions) {
        return request(waitMs, 0L, topic, partitions);
    }

    private static FetchRequestData request(
            int waitMs, long offset, String topic, int... partitions) {
        var asked = new FetchTopic().setTopic(topic);
        for (int partition : partitions) {
            asked.partitions()
                    .add(
                            new FetchPartition()
                                    .setPartition(partition)
                                    .setFetchOffset(offset)
                                    .setPartitionMaxBytes(1 << 20));
        }
        var request =
                new FetchRequestData()
                        .setMaxWaitMs(waitMs)
                        .setMinBytes(1)
                        .setMaxBytes(1 << 20)
                        .setSessionEpoch(NO_SESSION);
        request.topics().add(asked);
        return request;
    }
}
