package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.partition.PartitionsFixture;
import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What handlers tell of the logs themselves.
class LogHandlersTest {
    @TempDir private Path folder;
    private PartitionsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(folder);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aProducerIsKnownByItsLastSequence() {
        // given
        fixture.createTopic("t", 1);
        append("t", idempotent("a", "b", "c"));

        // when
        var producers = describe("t", 0).getFirst().activeProducers();

        // then
        assertThat(producers).hasSize(1);
        assertThat(producers.getFirst().producerId()).isEqualTo(4711);
        assertThat(producers.getFirst().producerEpoch()).isEqualTo(2);
        assertThat(producers.getFirst().lastSequence()).isEqualTo(2);
        assertThat(producers.getFirst().currentTxnStartOffset()).isEqualTo(-1);
    }

    @Test
    void aPartitionThatIsNotLedHereTellsNothing() {
        // given
        fixture.createTopic("t", 1);
        fixture.register(PartitionsFixture.OTHER_NODE, 9093);
        fixture.createTopicElsewhere("elsewhere");

        // when
        var here = describe("t", 0, 1);
        var elsewhere = describe("elsewhere", 0);
        var illegal = describe("not legal", 0);

        // then
        assertThat(here)
                .extracting(partition -> error(partition.errorCode()))
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(elsewhere.getFirst().errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(error(illegal.getFirst().errorCode())).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aDirectoryTellsTheBytesOfItsPartitions() {
        // given
        fixture.createTopic("t", 2);
        var batch = PartitionsFixture.batch("a", "b");
        long bytes = batch.remaining();
        append("t", batch);

        // when
        var views =
                LogDirs.of(fixture.partitions())
                        .describe(_ -> true)
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();

        // then
        var view = views.getFirst();
        assertThat(views).hasSize(1);
        assertThat(view.path()).isEqualTo(folder.toString());
        assertThat(view.totalBytes()).isGreaterThanOrEqualTo(view.usableBytes()).isPositive();
        assertThat(view.partitions()).containsEntry(new TopicPartition("t", 0), bytes);
    }

    private void append(String topic, ByteBuffer batch) {
        var partition = fixture.partition(topic, 0);
        var appended = new CompletableFuture<AppendResult>();
        partition.shard().execute(() -> partition.append(batch, false, 1000, appended::complete));
        assertThat(appended.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(AppendResult.Appended.class);
    }

    private static ByteBuffer idempotent(String... values) {
        var records =
                Arrays.stream(values)
                        .map(value ->
                                new SimpleRecord(System.currentTimeMillis(), value.getBytes(UTF_8)))
                        .toArray(SimpleRecord[]::new);
        return MemoryRecords.withIdempotentRecords(Compression.NONE, 4711, (short) 2, 0, records)
                .buffer();
    }

    private List<PartitionResponse> describe(String topic, Integer... partitions) {
        var request = new DescribeProducersRequestData();
        request.topics()
                .add(
                        new TopicRequest()
                                .setName(topic)
                                .setPartitionIndexes(Arrays.asList(partitions)));
        return call(new DescribeProducersHandler(fixture.partitions()), 0, request)
                .topics()
                .getFirst()
                .partitions();
    }
}
