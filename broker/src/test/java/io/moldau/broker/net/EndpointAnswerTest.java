package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.hamcrest.Matcher;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records on their way from file to client.
final class EndpointAnswerTest {
    private static final int FILE_BYTES = 4_000_000;
    private static final int LARGE = 1_000_000;
    private static final int SMALL = 5_000;

    @TempDir Path directory;
    private FileChannel file;

    @BeforeEach
    void writeFile() {
        file = TempPayload.file(directory, FILE_BYTES);
    }

    @AfterEach
    void closeFile() throws IOException {
        file.close();
    }

    private static byte[] fetch(int correlationId) {
        return Frames.frame(ApiKeys.FETCH, 12, correlationId, new FetchRequestData());
    }

    private static Toy<FetchRequestData, FetchResponseData> fetching(
            List<? extends BaseRecords> records) {
        return new Toy<>(
                ApiKeys.FETCH, (_, _) -> CompletableFuture.completedFuture(answer(records)));
    }

    private static FetchResponseData answer(List<? extends BaseRecords> records) {
        var topic = new FetchableTopicResponse().setTopic("t");
        for (int i = 0; i < records.size(); i++) {
            topic.partitions()
                    .add(new PartitionData().setPartitionIndex(i).setRecords(records.get(i)));
        }
        return new FetchResponseData().setResponses(List.of(topic));
    }

    private static byte[] recordsOf(FetchResponseData answer, int partition) {
        var records = answer.responses().getFirst().partitions().get(partition).records();
        var buffer = ((MemoryRecords) records).buffer();
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest(name = "epoll: {0}")
    @ValueSource(booleans = {true, false})
    void sendsRecordsOfAnySizeFromTheirFile(boolean epoll) {
        // given
        var payloads =
                List.of(
                        TempPayload.of(file, 17, SMALL),
                        TempPayload.of(file, 1_000, LARGE),
                        TempPayload.of(file, 5, ResponseBuffer.OUT_OF_LINE_BYTES_MIN - 1),
                        TempPayload.of(file, 6, ResponseBuffer.OUT_OF_LINE_BYTES_MIN),
                        TempPayload.of(file, 2_000_000, LARGE),
                        TempPayload.of(file, 0, 1));
        try (var broker = EndpointFixture.startOn(epoll, fetching(payloads))) {
            var client = broker.client();

            // when
            client.send(fetch(3));
            var answer = Frames.answer(new FetchResponseData(), 12, client.receive().orElseThrow());

            // then
            for (int i = 0; i < payloads.size(); i++) {
                var payload = payloads.get(i);
                assertThat(recordsOf(answer, i))
                        .isEqualTo(
                                TempPayload.content(
                                        (int) payload.position(), payload.sizeInBytes()));
            }
            assertThat(payloads).allSatisfy(p -> await().untilAtomic(p.releases, is(1)));
        }
    }

    private static Matcher<Integer> is(int count) {
        return Matchers.equalTo(count);
    }

    @Test
    void sendsRecordsFromMemory() {
        var small = MemoryRecords.readableRecords(ByteBuffer.wrap(TempPayload.content(0, SMALL)));
        var large = MemoryRecords.readableRecords(ByteBuffer.wrap(TempPayload.content(0, LARGE)));
        try (var broker = EndpointFixture.start(fetching(List.of(small, large, small)))) {
            // given
            var client = broker.client();

            // when
            client.send(fetch(3));
            var answer = Frames.answer(new FetchResponseData(), 12, client.receive().orElseThrow());

            // then
            assertThat(recordsOf(answer, 0)).isEqualTo(TempPayload.content(0, SMALL));
            assertThat(recordsOf(answer, 1)).isEqualTo(TempPayload.content(0, LARGE));
            assertThat(recordsOf(answer, 2)).isEqualTo(TempPayload.content(0, SMALL));
        }
    }

    @Test
    void readsAClientNoFurtherThanItTakesItsAnswers() {
        // given
        var started = new ArrayList<TempPayload>();
        var handled = new AtomicInteger();
        var fetch =
                new Toy<FetchRequestData, FetchResponseData>(
                        ApiKeys.FETCH,
                        (_, _) -> {
                            var payload = TempPayload.of(file, handled.get(), FILE_BYTES / 2);
                            started.add(payload);
                            handled.incrementAndGet();
                            return CompletableFuture.completedFuture(answer(List.of(payload)));
                        });
        int sent = 20;
        try (var broker = EndpointFixture.start(fetch)) {
            var client = broker.client();

            // when
            for (int i = 0; i < sent; i++) {
                client.send(fetch(i));
            }
            await().until(() -> handled.get() > 0);
            await().during(Duration.ofMillis(200)).until(() -> handled.get() < sent);
            int handledUnread = handled.get();
            for (int i = 0; i < sent; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }

            // then
            assertThat(handledUnread).isLessThan(10); // The sockets' buffers take two or three.
            assertThat(started).allSatisfy(p -> await().untilAtomic(p.releases, is(1)));
        }
    }

    @Test
    void releasesRecordsOnceWhenTheClientLeavesInTheMiddleOfThem() {
        // given
        var payloads =
                List.of(
                        TempPayload.of(file, 0, FILE_BYTES),
                        TempPayload.of(file, 0, SMALL),
                        TempPayload.of(file, 0, FILE_BYTES));
        try (var broker = EndpointFixture.start(fetching(payloads))) {
            var client = broker.client();
            client.send(fetch(1));
            await().until(() -> payloads.get(1).releases.get() == 1); // Encoded.

            // when
            client.close();

            // then
            assertThat(payloads).allSatisfy(p -> await().untilAtomic(p.releases, is(1)));
        }
    }

    @Test
    void releasesRecordsOnceWhenTheClientHasLeftBeforeTheAnswer() {
        // given
        var payloads = List.of(TempPayload.of(file, 0, LARGE), TempPayload.of(file, 0, SMALL));
        var later = new CompletableFuture<FetchResponseData>();
        var fetch = new Toy<FetchRequestData, FetchResponseData>(ApiKeys.FETCH, (_, _) -> later);
        try (var broker = EndpointFixture.start(fetch)) {
            var client = broker.client();
            client.send(fetch(1));
            await().until(() -> later.getNumberOfDependents() > 0);
            client.close();
            await().until(() -> broker.endpoint.connectionCount() == 0);

            // when
            later.complete(answer(payloads));

            // then
            assertThat(payloads).allSatisfy(p -> await().untilAtomic(p.releases, is(1)));
        }
    }

    @Test
    void closesWhenTheFileIsShorterThanPromised() {
        // given
        var payloads =
                List.of(
                        TempPayload.of(file, 0, LARGE),
                        TempPayload.of(file, FILE_BYTES - 10, SMALL));
        try (var broker = EndpointFixture.start(fetching(payloads))) {
            var client = broker.client();

            // when
            client.send(fetch(1));

            // then
            assertThat(client.isClosedByBroker()).isTrue();
            assertThat(payloads).allSatisfy(p -> await().untilAtomic(p.releases, is(1)));
        }
    }
}
