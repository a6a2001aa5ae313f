package io.moldau.broker.net;

import static io.moldau.broker.net.Frames.metadata;
import static io.moldau.broker.net.Frames.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.api.RequestContext;
import io.moldau.broker.api.RequestRouter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class EndpointTest {
    /// Requests that reached the handler, which answers when the test says so.
    private final BlockingQueue<CompletableFuture<ProduceResponseData>> produces =
            new LinkedBlockingQueue<>();

    private final BlockingQueue<CompletableFuture<MetadataResponseData>> lookups =
            new LinkedBlockingQueue<>();

    private final Toy<ProduceRequestData, ProduceResponseData> produceLater =
            new Toy<>(ApiKeys.PRODUCE, (_, _) -> queued(produces));

    private final Toy<MetadataRequestData, MetadataResponseData> lookUpLater =
            new Toy<>(ApiKeys.METADATA, (_, _) -> queued(lookups));

    private static <T> CompletableFuture<T> queued(BlockingQueue<CompletableFuture<T>> queue) {
        var future = new CompletableFuture<T>();
        queue.add(future);
        return future;
    }

    private static <T> CompletableFuture<T> next(BlockingQueue<CompletableFuture<T>> queue)
            throws InterruptedException {
        return queue.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void answersInTheOrderOfTheRequestsWhicheverIsDoneFirst() throws InterruptedException {
        try (var broker = EndpointFixture.start(produceLater)) {
            // given
            var client = broker.client();
            client.send(
                    produce(1, 1, new byte[10]),
                    produce(2, 1, new byte[10]),
                    produce(3, 1, new byte[10]));
            var futures = new ArrayList<>(List.of(next(produces), next(produces), next(produces)));

            // when
            Collections.reverse(futures);
            futures.forEach(future -> future.complete(new ProduceResponseData()));

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            assertThat(client.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void startsARequestOfAnotherKeyOnlyAfterTheAnswersAheadOfIt() throws InterruptedException {
        try (var broker = EndpointFixture.start(produceLater, lookUpLater)) {
            // given
            var client = broker.client();
            client.send(produce(1, 1, new byte[10]), metadata(2), produce(3, 1, new byte[10]));
            var produce = next(produces);
            boolean startedEarly = lookups.poll(100, TimeUnit.MILLISECONDS) != null;

            // when
            produce.complete(new ProduceResponseData());
            var lookup = next(lookups);
            boolean overtaken = !produces.isEmpty();
            lookup.complete(new MetadataResponseData());
            next(produces).complete(new ProduceResponseData());

            // then
            assertThat(startedEarly).isFalse();
            assertThat(overtaken).isFalse();
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
            assertThat(client.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void boundsThePipelineOfOneConnection() throws InterruptedException {
        try (var broker = EndpointFixture.start(produceLater)) {
            // given
            var client = broker.client();
            int sent = ExchangeQueue.LENGTH_MAX + 50;

            // when
            for (int i = 0; i < sent; i++) {
                client.send(produce(i, 1, new byte[10]));
            }
            await().until(() -> produces.size() >= ExchangeQueue.LENGTH_MAX);
            int started = produces.size();
            for (int i = 0; i < sent; i++) {
                next(produces).complete(new ProduceResponseData());
            }

            // then
            assertThat(started).isEqualTo(ExchangeQueue.LENGTH_MAX);
            for (int i = 0; i < sent; i++) {
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @Test
    void understandsAFrameThatArrivesByteByByte() {
        try (var broker = EndpointFixture.start(Toy.prompt(ApiKeys.METADATA))) {
            // given
            var client = broker.client();

            // when
            for (byte b : metadata(7)) {
                client.send(new byte[] {b});
            }

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(7);
        }
    }

    @Test
    void handsRecordsOverAsTheyCameWithoutCopyingThem() {
        var seen = new AtomicReference<byte[]>();
        var direct = new AtomicReference<Boolean>();
        var produce =
                new Toy<ProduceRequestData, ProduceResponseData>(
                        ApiKeys.PRODUCE,
                        (_, request) -> {
                            var records = Frames.recordsOf(request);
                            direct.set(records.isDirect());
                            var bytes = new byte[records.remaining()];
                            records.duplicate().get(bytes);
                            seen.set(bytes);
                            return CompletableFuture.completedFuture(new ProduceResponseData());
                        });
        try (var broker = EndpointFixture.start(produce)) {
            // given
            var content = TempPayload.content(0, 1_500_000);
            var client = broker.client();

            // when
            client.send(produce(1, 1, content));
            client.receiveCorrelationId();

            // then
            assertThat(seen.get()).isEqualTo(content);
            assertThat(direct.get()).isTrue();
        }
    }

    @Test
    void saysNothingToAProduceThatWantsNoAnswer() {
        var produce =
                new Toy<ProduceRequestData, ProduceResponseData>(
                        ApiKeys.PRODUCE, (_, _) -> CompletableFuture.completedFuture(null));
        try (var broker = EndpointFixture.start(produce, Toy.prompt(ApiKeys.METADATA))) {
            // given
            var client = broker.client();

            // when
            client.send(produce(1, 0, new byte[10]), metadata(2));

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    /// APIS.md, trap 3: there is no other way to tell the client.
    @Test
    void closesWhenAProduceThatWantsNoAnswerFails() {
        var produce =
                new Toy<ProduceRequestData, ProduceResponseData>(
                        ApiKeys.PRODUCE,
                        (_, _) ->
                                CompletableFuture.failedFuture(
                                        Errors.NOT_LEADER_OR_FOLLOWER.exception()));
        try (var broker = EndpointFixture.start(produce, Toy.prompt(ApiKeys.METADATA))) {
            // given
            var client = broker.client();

            // when
            client.send(metadata(1), produce(2, 0, new byte[10]));

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.isClosedByBroker()).isTrue();
        }
    }

    @Test
    void answersAFailureWithTheErrorItStandsFor() {
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (_, _) -> CompletableFuture.failedFuture(new NotControllerException("")));
        try (var broker = EndpointFixture.start(lookup)) {
            // given
            var client = broker.client();

            // when
            client.send(
                    Frames.frame(
                            ApiKeys.METADATA, 13, 1, new MetadataRequestData().setTopics(null)));
            var answer =
                    Frames.answer(new MetadataResponseData(), 13, client.receive().orElseThrow());

            // then
            assertThat(answer.errorCode()).isEqualTo(Errors.NOT_CONTROLLER.code());
        }
    }

    @Test
    void answersAHandlersOwnMistakeAndGoesOn() {
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (_, _) -> {
                            throw new IllegalStateException("a mistake, made on purpose");
                        });
        try (var broker = EndpointFixture.start(lookup)) {
            // given
            var client = broker.client();

            // when
            client.send(metadata(1), metadata(2));

            // then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void tellsHandlersWhoAsksAndWhereHeDialled() {
        var seen = new AtomicReference<RequestContext>();
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (context, _) -> {
                            seen.set(context);
                            return CompletableFuture.completedFuture(new MetadataResponseData());
                        });
        try (var broker = EndpointFixture.start(lookup)) {
            // given
            var client = broker.client();

            // when
            client.send(metadata(5));
            client.receiveCorrelationId();

            // then
            var context = seen.get();
            assertThat(context.correlationId()).isEqualTo(5);
            assertThat(context.clientId()).isEqualTo("toy");
            assertThat(context.clientHost()).isEqualTo("/127.0.0.1");
            assertThat(context.listener()).isEqualTo("PLAINTEXT");
            assertThat(context.connection().clientAddress().getPort())
                    .isEqualTo(client.localPort());
            assertThat(context.connection().localAddress().getPort()).isEqualTo(broker.port());
        }
    }

    @Test
    void finishesWhatIsUnderWayBeforeItCloses() throws InterruptedException {
        var broker = EndpointFixture.start(lookUpLater);
        var client = broker.client();
        client.send(metadata(1));
        var lookup = next(lookups);
        var closing = Thread.ofPlatform().start(broker.endpoint::close);
        await().until(() -> refusesConnections(broker.port()));

        // when
        lookup.complete(new MetadataResponseData());

        // then
        assertThat(client.receiveCorrelationId()).isEqualTo(1);
        assertThat(client.isClosedByBroker()).isTrue();
        closing.join();
        broker.close();
    }

    private static boolean refusesConnections(int port) {
        try (var _ = WireClient.dial(port)) {
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    @Test
    void saysInOneSentenceWhoHoldsThePort() {
        try (var broker = EndpointFixture.start(Toy.prompt(ApiKeys.METADATA))) {
            // given
            var taken = new ListenerConfig("INSIDE", "127.0.0.1", broker.port());

            // when, then
            assertThatThrownBy(() ->
                            Endpoint.bind(
                                    NetConfig.of(List.of(taken)), new RequestRouter(List.of())))
                    .isInstanceOf(BindFailedException.class)
                    .hasMessageStartingWith(
                            "Listener INSIDE cannot bind 127.0.0.1:%d: the port is in use"
                                    .formatted(broker.port()))
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void servesSeveralListeners() {
        var names = Collections.synchronizedList(new ArrayList<String>());
        var lookup =
                new Toy<MetadataRequestData, MetadataResponseData>(
                        ApiKeys.METADATA,
                        (context, _) -> {
                            names.add(context.listener());
                            return CompletableFuture.completedFuture(new MetadataResponseData());
                        });
        var config =
                NetConfig.of(
                        List.of(
                                new ListenerConfig("INSIDE", "127.0.0.1", 0),
                                new ListenerConfig("OUTSIDE", "", 0)));
        try (var endpoint = Endpoint.bind(config, new RequestRouter(List.of(lookup)))) {
            // when
            for (var listener : endpoint.listeners()) {
                try (var client = WireClient.dial(listener.port())) {
                    client.send(metadata(1)).receiveCorrelationId();
                }
            }

            // then
            assertThat(names).containsExactly("INSIDE", "OUTSIDE");
        }
    }
}
