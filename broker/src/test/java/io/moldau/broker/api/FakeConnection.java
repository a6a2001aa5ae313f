package io.moldau.broker.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;

/// A client on `127.0.0.1:50000` that dialled port 9092 of listener `PLAINTEXT`.
final class FakeConnection implements Connection {
    /// The context of a request of `client` over a connection of its own.
    static RequestContext context(ApiKeys key, int version) {
        return new RequestContext(key, (short) version, 1, "client", new FakeConnection());
    }

    @Override
    public String listener() {
        return "PLAINTEXT";
    }

    @Override
    public InetSocketAddress clientAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    }

    @Override
    public InetSocketAddress localAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9_092);
    }

    @Override
    public Executor eventLoop() {
        return Runnable::run;
    }

    @Override
    public Runnable schedule(long delayMs, Runnable task) {
        return () -> {};
    }

    @Override
    public void clientSoftware(String name, String version) {}

    @Override
    public Runnable onClose(Runnable task) {
        return () -> {};
    }

    @Override
    public void close() {}
}
