package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.partition.PartitionsFixture;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import io.moldau.log.PartitionLog;
import io.moldau.log.batch.EndMarker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a consumer with `isolation.level=read_committed` is answered.
class ReadCommittedTest {
    private static final byte COMMITTED = 1;
    private static final byte UNCOMMITTED = 0;
    private static final long PRODUCER = 7;

    @TempDir private Path folder;

    private final TestConnection connection = new TestConnection();
    private PartitionsFixture fixture;
    private FetchHandler handler;

    @BeforeEach
    void open() {
        fixture = new PartitionsFixture(folder);
        handler = FetchHandlers.over(fixture);
        fixture.createTopic("t", 1);
        plain("a");
        inTransaction("b", "c");
        plain("d");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readsUpToTheFirstOpenTransactionOnly() {
        // when
        var committed = fetch(COMMITTED, 0);
        var all = fetch(UNCOMMITTED, 0);

        // then
        assertThat(committed.lastStableOffset()).isEqualTo(1);
        assertThat(committed.highWatermark()).isEqualTo(4);
        assertThat(committed.records().sizeInBytes())
                .isEqualTo(PartitionsFixture.batch("a").remaining());
        assertThat(all.records().sizeInBytes()).isGreaterThan(committed.records().sizeInBytes());
        assertThat(all.abortedTransactions()).isNull();
        release(committed);
        release(all);
    }

    @Test
    void isToldWhichTransactionsWereAborted() {
        // given
        end(false);
        plain("e");

        // when
        var found = fetch(COMMITTED, 0);

        // then
        assertThat(found.lastStableOffset()).isEqualTo(6);
        assertThat(found.abortedTransactions())
                .containsExactly(
                        new AbortedTransaction().setProducerId(PRODUCER).setFirstOffset(1));
        release(found);
    }

    @Test
    void isNotWokenByRecordsThatItMayNotRead() {
        // given
        var waiting = start(COMMITTED, 1, 60_000);
        await().atMost(Duration.ofSeconds(10)).until(connection::hasScheduled);

        // when
        plain("e");
        assertThat(waiting).isNotDone();
        end(true);
        plain("f");

        // then
        var found = only(waiting.orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(found.lastStableOffset()).isEqualTo(7);
        assertThat(found.records().sizeInBytes()).isPositive();
        release(found);
    }

    @Test
    void isToldThatTheLogEndsAtTheLastStableOffset() {
        assertThat(latest(COMMITTED)).isEqualTo(1);
        assertThat(latest(UNCOMMITTED)).isEqualTo(4);
    }

    private void plain(String value) {
        var partition = fixture.partition("t", 0);
        var done = new CompletableFuture<AppendResult>();
        partition
                .shard()
                .execute(() ->
                        partition.append(
                                PartitionsFixture.batch(value), false, 1000, done::complete));
        assertThat(done.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(AppendResult.Appended.class);
    }

    /// As replication would bring it, or a coordinator; the next plain record makes it readable.
    private void inTransaction(String... values) {
        var batch = transactional(values);
        onLog(log -> log.append(batch, AppendMode.TRANSACTION, log.latestEpoch(), now()));
    }

    private void end(boolean commits) {
        var marker = new EndMarker(PRODUCER, (short) 0, 0, commits);
        onLog(log -> log.appendMarker(marker, log.latestEpoch(), now()));
    }

    private void onLog(Function<PartitionLog, AppendResult> step) {
        var partition = fixture.partition("t", 0);
        var result =
                CompletableFuture.supplyAsync(() -> partition.ask(step, null), partition.shard())
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static ByteBuffer transactional(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(now(), values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withTransactionalRecords(
                        Compression.NONE, PRODUCER, (short) 0, 0, records)
                .buffer();
    }

    private PartitionData fetch(byte isolation, long offset) {
        return only(start(isolation, offset, 0).orTimeout(10, TimeUnit.SECONDS).join());
    }

    private CompletableFuture<FetchResponseData> start(byte isolation, long offset, int waitMs) {
        var topic = new FetchTopic().setTopic("t");
        topic.partitions()
                .add(new FetchPartition().setFetchOffset(offset).setPartitionMaxBytes(1 << 20));
        var request =
                new FetchRequestData()
                        .setIsolationLevel(isolation)
                        .setMaxWaitMs(waitMs)
                        .setMinBytes(1)
                        .setMaxBytes(1 << 20)
                        .setSessionEpoch(-1)
                        .setTopics(List.of(topic));
        return handler.handle(connection.context(ApiKeys.FETCH, 12), request);
    }

    private static PartitionData only(FetchResponseData response) {
        return response.responses().getFirst().partitions().getFirst();
    }

    private static void release(PartitionData found) {
        ((RecordPayload) found.records()).release();
    }

    private long latest(byte isolation) {
        var query =
                new ListOffsetsPartition()
                        .setPartitionIndex(0)
                        .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP);
        var request =
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setIsolationLevel(isolation)
                        .setTopics(
                                List.of(
                                        new ListOffsetsTopic()
                                                .setName("t")
                                                .setPartitions(List.of(query))));
        var context = connection.context(ApiKeys.LIST_OFFSETS, 7);
        return new ListOffsetsHandler(fixture.partitions())
                .handle(context, request)
                .orTimeout(10, TimeUnit.SECONDS)
                .join()
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .offset();
    }
}
