package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.partition.PartitionsFixture;
import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListOffsetsHandlerTest {
    private static final int FIRST_WITH_EPOCHS = 4;

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

    /// librdkafka asks with v2, which has no place for the epoch of what is found.
    @ParameterizedTest
    @MethodSource("versions")
    void tellsTheEndToEveryVersion(int version) {
        // given
        fixture.createTopic("t", 1);
        append("t", PartitionsFixture.batch("a"));
        var request =
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(
                                List.of(
                                        new ListOffsetsTopic()
                                                .setName("t")
                                                .setPartitions(List.of(latest()))));

        // when
        var answer = call(new ListOffsetsHandler(fixture.partitions()), version, request);

        // then
        var partition = answer.topics().getFirst().partitions().getFirst();
        assertThat(partition.errorCode()).isZero();
        assertThat(partition.offset()).isEqualTo(1);
        if (version < FIRST_WITH_EPOCHS) {
            assertThat(partition.leaderEpoch()).isEqualTo(-1);
        }
    }

    static IntStream versions() {
        return IntStream.rangeClosed(
                ApiKeys.LIST_OFFSETS.oldestVersion(), ApiKeys.LIST_OFFSETS.latestVersion());
    }

    private void append(String topic, ByteBuffer batch) {
        var partition = fixture.partition(topic, 0);
        var appended = new CompletableFuture<AppendResult>();
        partition.shard().execute(() -> partition.append(batch, false, 1000, appended::complete));
        assertThat(appended.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(AppendResult.Appended.class);
    }

    private static ListOffsetsPartition latest() {
        return new ListOffsetsPartition()
                .setPartitionIndex(0)
                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP);
    }
}
