package io.moldau.broker.net;

import static io.moldau.broker.net.Frames.metadata;
import static io.moldau.broker.net.Frames.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/// What a client, or many of them, cannot make the broker do.
final class EndpointLimitsTest {
    private final BlockingQueue<CompletableFuture<ProduceResponseData>> produces =
            new LinkedBlockingQueue<>();

    private final Toy<ProduceRequestData, ProduceResponseData> produceLater =
            new Toy<>(
                    ApiKeys.PRODUCE,
                    (_, _) -> {
                        var future = new CompletableFuture<ProduceResponseData>();
                        produces.add(future);
                        return future;
                    });

    @Test
    void holdsNoMoreForRequestsThanItsBudget() throws InterruptedException {
        int requestBytes = 400_000;
        try (var broker =
                EndpointFixture.start(
                        config -> config.withQueuedRequestBytesMax(1_000_000), produceLater)) {
            // given
            var clients = List.of(broker.client(), broker.client(), broker.client());

            // when
            clients.get(0).send(produce(1, 1, new byte[requestBytes]));
            var first = produces.poll(10, TimeUnit.SECONDS);
            clients.get(1).send(produce(1, 1, new byte[requestBytes]));
            var second = produces.poll(10, TimeUnit.SECONDS);
            clients.get(2).send(produce(1, 1, new byte[requestBytes]));
            second.complete(new ProduceResponseData());
            var third = produces.poll(10, TimeUnit.SECONDS);
            long held = broker.endpoint.queuedRequestBytes();
            first.complete(new ProduceResponseData());
            third.complete(new ProduceResponseData());

            // then
            assertThat(held).isBetween(2L * requestBytes, 1_000_000L);
            assertThat(clients).allSatisfy(c -> assertThat(c.receiveCorrelationId()).isEqualTo(1));
        }
    }

    @Test
    void takesARequestLargerThanItsBudgetWhenNothingElseIsHeld() throws InterruptedException {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withQueuedRequestBytesMax(1_000), produceLater)) {
            // given
            var client = broker.client();

            // when
            client.send(produce(1, 1, new byte[100_000]));
            produces.poll(10, TimeUnit.SECONDS).complete(new ProduceResponseData());

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
        }
    }

    /// A length costs four bytes to send, and must not be worth a hundred megabytes.
    @Test
    void ordersLittleMemoryOnALengthAlone() throws InterruptedException {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withQueuedRequestBytesMax(1_000_000), produceLater)) {
            // given
            var length = ByteBuffer.allocate(5).putInt(50_000_000).array();
            for (int i = 0; i < 10; i++) {
                broker.client().send(length);
            }
            await().until(() ->
                    broker.endpoint.queuedRequestBytes() == 10L * FrameReader.UNPROVEN_BYTES);
            var honest = broker.client();

            // when
            honest.send(produce(1, 1, new byte[100_000]));
            produces.poll(10, TimeUnit.SECONDS).complete(new ProduceResponseData());

            // then
            assertThat(honest.receiveCorrelationId()).isEqualTo(1);
        }
    }

    @Test
    void ordersNoMemoryForLengthsBeyondItsBudget() {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withQueuedRequestBytesMax(1_000_000), produceLater)) {
            // given
            var length = ByteBuffer.allocate(5).putInt(600_000).array();
            long fitting = 1_000_000 / FrameReader.UNPROVEN_BYTES * FrameReader.UNPROVEN_BYTES;

            // when
            for (int i = 0; i < 20; i++) {
                broker.client().send(length);
            }

            // then
            await().until(() -> broker.endpoint.queuedRequestBytes() == fitting);
            await().during(Duration.ofMillis(100))
                    .until(() -> broker.endpoint.queuedRequestBytes() == fitting);
        }
    }

    /// Each has half of what the other needs.
    @Test
    void finishesFramesThatGrowIntoOneAnother() throws InterruptedException {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withQueuedRequestBytesMax(1_000_000), produceLater)) {
            // given
            var clients = Stream.generate(broker::client).limit(4).toList();
            var frame = produce(1, 1, new byte[600_000]);
            int half = 250_000;
            clients.forEach(client -> client.send(Arrays.copyOf(frame, half)));
            await().until(() -> broker.endpoint.queuedRequestBytes() > 500_000);

            // when
            clients.forEach(client -> client.send(Arrays.copyOfRange(frame, half, frame.length)));
            for (int i = 0; i < clients.size(); i++) {
                produces.poll(10, TimeUnit.SECONDS).complete(new ProduceResponseData());
            }

            // then
            assertThat(clients)
                    .allSatisfy(client -> assertThat(client.receiveCorrelationId()).isEqualTo(1));
        }
    }

    /// The shard may still be reading the records.
    @Test
    void keepsAProducesRecordsUntilItIsDoneThoughTheClientHasLeft() throws InterruptedException {
        try (var broker = EndpointFixture.start(produceLater)) {
            // given
            var client = broker.client();
            client.send(produce(1, 1, new byte[1_000]));
            var produce = produces.poll(10, TimeUnit.SECONDS);
            client.close();
            await().until(() -> broker.endpoint.connectionCount() == 0);
            long heldAfterClose = broker.endpoint.queuedRequestBytes();

            // when
            produce.complete(new ProduceResponseData());

            // then
            assertThat(heldAfterClose).isGreaterThan(1_000);
            await().until(() -> broker.endpoint.queuedRequestBytes() == 0);
        }
    }

    @Test
    void closesIdleConnectionsAndHalfOpenFrames() {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withIdleMsMax(100), Toy.prompt(ApiKeys.METADATA))) {
            // given
            var idle = broker.client();
            var halfOpen = broker.client();

            // when
            halfOpen.send(new byte[] {0, 0, 1, 0, 42});

            // then
            assertThat(idle.isClosedByBroker()).isTrue();
            assertThat(halfOpen.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void callsNobodyIdleWhoWaitsForAnAnswer() {
        var later = new CompletableFuture<MetadataResponseData>();
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA, (_, _) -> later);
        try (var broker = EndpointFixture.start(config -> config.withIdleMsMax(50), lookup)) {
            // given
            var client = broker.client();
            client.send(metadata(1));

            // when
            await().during(Duration.ofMillis(200))
                    .until(() -> broker.endpoint.connectionCount() == 1);
            later.complete(new MetadataResponseData());

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
        }
    }

    @Test
    void letsNewConnectionsWaitWhileThereAreTooMany() {
        try (var broker =
                EndpointFixture.start(
                        config -> config.withConnections(1, Integer.MAX_VALUE, Map.of()),
                        Toy.prompt(ApiKeys.METADATA))) {
            // given
            var first = broker.client();
            first.send(metadata(1)).receiveCorrelationId();
            var second = broker.client();
            second.send(metadata(2));
            boolean waited = second.hearsNothingFor(200);

            // when
            first.close();

            // then
            assertThat(waited).isTrue();
            assertThat(broker.client().send(metadata(3)).hearsNothingFor(100)).isTrue();
            assertThat(second.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void turnsAwayWhoComesTooOftenFromOneAddress() {
        try (var broker =
                EndpointFixture.start(
                        config ->
                                config.withConnections(
                                        Integer.MAX_VALUE, 100, Map.of("127.0.0.1", 1)),
                        Toy.prompt(ApiKeys.METADATA))) {
            // given
            var first = broker.client();
            first.send(metadata(1)).receiveCorrelationId();
            boolean turnedAway = broker.client().isClosedByBroker();

            // when
            first.close();
            await().until(() -> broker.endpoint.connectionCount() == 0);

            // then
            assertThat(turnedAway).isTrue();
            assertThat(broker.client().send(metadata(2)).receiveCorrelationId()).isEqualTo(2);
        }
    }
}
