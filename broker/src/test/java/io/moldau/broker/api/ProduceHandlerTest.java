package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.partition.PartitionsFixture;
import io.moldau.log.LogConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceHandlerTest {
    private static final int BY_NAME = 12;
    private static final int BY_ID = 13;

    @TempDir private Path folder;

    private final TestConnection connection = new TestConnection();
    private PartitionsFixture fixture;
    private ProduceHandler handler;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(folder);
        handler =
                new ProduceHandler(
                        fixture.partitions(), NodeAddresses.advertisedTo(PartitionsFixture.NODE));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void answersWithTheOffsetOfTheFirstRecord() {
        // given
        fixture.createTopic("t", 1);
        produce("t", 0, PartitionsFixture.batch("a", "b"));

        // when
        var second = produce("t", 0, PartitionsFixture.batch("c"));

        // then
        assertThat(second.errorCode()).isZero();
        assertThat(second.baseOffset()).isEqualTo(2);
        assertThat(second.logStartOffset()).isZero();
    }

    @Test
    void aResentBatchIsAnsweredAsTheFirstTime() {
        // given
        fixture.createTopic("t", 1);
        produce("t", 0, idempotent(0, "a", "b"));
        produce("t", 0, idempotent(2, "c"));

        // when
        var again = produce("t", 0, idempotent(0, "a", "b"));

        // then
        assertThat(again.errorCode()).isZero();
        assertThat(again.baseOffset()).isZero();
        assertThat(produce("t", 0, PartitionsFixture.batch("d")).baseOffset()).isEqualTo(3);
    }

    @Test
    void aGapInTheSequenceIsRefused() {
        // given
        fixture.createTopic("t", 1);
        produce("t", 0, idempotent(0, "a"));

        // when
        var answer = produce("t", 0, idempotent(5, "f"));

        // then
        assertThat(Errors.forCode(answer.errorCode()))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void acksZeroIsNotAnswered() {
        // given
        fixture.createTopic("t", 1);

        // when
        var answer =
                send(
                        BY_NAME,
                        request("t", Uuid.ZERO_UUID, (short) 0, PartitionsFixture.batch("a")));

        // then
        assertThat(answer).isNull();
        assertThat(connection.isClosed()).isFalse();
    }

    @Test
    void acksZeroEndsTheConnectionWhereTheRecordsCannotBeTaken() {
        // when
        var answer =
                send(
                        BY_NAME,
                        request("gone", Uuid.ZERO_UUID, (short) 0, PartitionsFixture.batch("a")));

        // then
        assertThat(answer).isNull();
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void unknownAcksAreRefusedAndNothingIsWritten() {
        // given
        fixture.createTopic("t", 1);

        // when
        var answer =
                send(
                        BY_NAME,
                        request("t", Uuid.ZERO_UUID, (short) 2, PartitionsFixture.batch("a")));

        // then
        assertThat(Errors.forCode(only(answer).errorCode()))
                .isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(produce("t", 0, PartitionsFixture.batch("b")).baseOffset()).isZero();
    }

    @Test
    void anUnknownTopicIdIsToldApartFromAnUnknownName() {
        // when
        var byId =
                send(
                        BY_ID,
                        request("", Uuid.randomUuid(), (short) -1, PartitionsFixture.batch("a")));
        var byName =
                send(
                        BY_NAME,
                        request("x", Uuid.ZERO_UUID, (short) -1, PartitionsFixture.batch("a")));

        // then
        assertThat(Errors.forCode(only(byId).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(Errors.forCode(only(byName).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aDeposedLeaderTellsWhoLeadsAndWhere() {
        // given
        fixture.register(PartitionsFixture.OTHER_NODE, 9093);
        fixture.createTopicElsewhere("t");

        // when
        var answer =
                send(
                        BY_NAME,
                        request("t", Uuid.ZERO_UUID, (short) -1, PartitionsFixture.batch("a")));

        // then
        assertThat(Errors.forCode(only(answer).errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(only(answer).currentLeader().leaderId()).isEqualTo(PartitionsFixture.OTHER_NODE);
        assertThat(answer.nodeEndpoints())
                .singleElement()
                .satisfies(node ->
                        assertThat(node.host() + ":" + node.port()).isEqualTo("host2:9093"));
    }

    @Test
    void acknowledgesOnlyWhatIsFlushedWhereThatIsAskedFor() {
        // given
        fixture.createTopic("t", 1, LogConfig.defaults().with("flush.messages", "1"));

        // when
        var answer = produce("t", 0, PartitionsFixture.batch("a", "b"));

        // then
        assertThat(answer.errorCode()).isZero();
        var partition = fixture.partition("t", 0);
        assertThat(unflushed(partition)).isZero();
    }

    @Test
    void tooFewReplicasInSyncRefuseAllAcksAndNoOthers() {
        // given
        fixture.requireInSync("t", 2);
        fixture.createTopic("t", 1);

        // when
        var all = produce("t", 0, PartitionsFixture.batch("a"));
        var leaderOnly =
                only(
                        send(
                                BY_NAME,
                                request(
                                        "t",
                                        Uuid.ZERO_UUID,
                                        (short) 1,
                                        PartitionsFixture.batch("b"))));

        // then
        assertThat(Errors.forCode(all.errorCode())).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(leaderOnly.baseOffset()).isZero();
    }

    @Test
    void missingRecordsAreRefused() {
        // given
        fixture.createTopic("t", 1);

        // when
        var answer = send(BY_NAME, request("t", Uuid.ZERO_UUID, (short) -1, null));

        // then
        assertThat(Errors.forCode(only(answer).errorCode())).isEqualTo(Errors.INVALID_RECORD);
    }

    private static long unflushed(io.moldau.broker.partition.Partition partition) {
        return java.util.concurrent.CompletableFuture.supplyAsync(
                        () -> partition.log().unflushedRecords(), partition.shard())
                .join();
    }

    private PartitionProduceResponse produce(String topic, int partition, ByteBuffer records) {
        var request = request(topic, Uuid.ZERO_UUID, (short) -1, records);
        request.topicData().iterator().next().partitionData().getFirst().setIndex(partition);
        return only(send(BY_NAME, request));
    }

    private ProduceResponseData send(int version, ProduceRequestData request) {
        return handler.handle(connection.context(ApiKeys.PRODUCE, version), request)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private static PartitionProduceResponse only(ProduceResponseData response) {
        return response.responses().iterator().next().partitionResponses().getFirst();
    }

    private static ProduceRequestData request(
            String topic, Uuid topicId, short acks, ByteBuffer records) {
        var data =
                new PartitionProduceData()
                        .setIndex(0)
                        .setRecords(
                                records == null ? null : MemoryRecords.readableRecords(records));
        var topicData = new TopicProduceData().setName(topic).setTopicId(topicId);
        topicData.partitionData().add(data);
        var request = new ProduceRequestData().setAcks(acks).setTimeoutMs(1_000);
        request.topicData().add(topicData);
        return request;
    }

    private static ByteBuffer idempotent(int sequence, String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] =
                    new SimpleRecord(
                            System.currentTimeMillis(), values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE, 4711L, (short) 0, sequence, records)
                .buffer();
    }
}
