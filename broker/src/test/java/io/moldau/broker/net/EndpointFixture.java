package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.api.RequestHandler;
import io.moldau.broker.api.RequestRouter;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// An endpoint on a free port of the loopback, and its clients. Closing it demands that every
/// buffer was given back.
final class EndpointFixture implements AutoCloseable {
    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    final Endpoint endpoint;
    private final List<WireClient> clients = new ArrayList<>();

    private EndpointFixture(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    static EndpointFixture start(RequestHandler<?, ?>... handlers) {
        return start(config -> config, handlers);
    }

    static EndpointFixture start(
            UnaryOperator<NetConfig> settings, RequestHandler<?, ?>... handlers) {
        var router = new RequestRouter(List.of(handlers));
        return new EndpointFixture(Endpoint.bind(settings.apply(loopback()), router));
    }

    static EndpointFixture startOn(boolean epoll, RequestHandler<?, ?>... handlers) {
        var router = new RequestRouter(List.of(handlers));
        return new EndpointFixture(Endpoint.bind(loopback(), router, epoll));
    }

    static NetConfig loopback() {
        return NetConfig.of(List.of(new ListenerConfig("PLAINTEXT", "127.0.0.1", 0)));
    }

    int port() {
        return endpoint.listeners().getFirst().port();
    }

    WireClient client() {
        var client = WireClient.dial(port());
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        clients.forEach(WireClient::close);
        await().untilAsserted(() -> {
            assertThat(endpoint.connectionCount()).isZero();
            assertThat(endpoint.queuedRequestBytes()).isZero();
            assertThat(endpoint.pinnedBytes()).isZero();
        });
        endpoint.close();
    }
}
