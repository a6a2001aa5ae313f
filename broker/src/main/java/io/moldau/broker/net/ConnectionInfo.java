package io.moldau.broker.net;

import io.moldau.broker.api.Connection;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// A Netty channel as handlers see it.
final class ConnectionInfo implements Connection {
    private final String listener;
    private final Channel channel;
    private final InetSocketAddress clientAddress;
    private final InetSocketAddress localAddress;
    private final Runnable closeWhenAnswered;
    private volatile String softwareName = "unknown";
    private volatile String softwareVersion = "unknown";

    /// @param closeWhenAnswered what [#close()] does, on the event loop
    ConnectionInfo(
            String listener,
            Channel channel,
            InetSocketAddress clientAddress,
            InetSocketAddress localAddress,
            Runnable closeWhenAnswered) {
        this.listener = listener;
        this.channel = channel;
        this.clientAddress = clientAddress;
        this.localAddress = localAddress;
        this.closeWhenAnswered = closeWhenAnswered;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public InetSocketAddress clientAddress() {
        return clientAddress;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public Executor eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public Runnable schedule(long delayMs, Runnable task) {
        var timer = channel.eventLoop().schedule(task, delayMs, TimeUnit.MILLISECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void clientSoftware(String name, String version) {
        softwareName = name;
        softwareVersion = version;
    }

    @Override
    public String clientSoftwareName() {
        return softwareName;
    }

    @Override
    public String clientSoftwareVersion() {
        return softwareVersion;
    }

    @Override
    public Runnable onClose(Runnable task) {
        GenericFutureListener<Future<Void>> listener = _ -> task.run();
        channel.closeFuture().addListener(listener);
        return () -> channel.closeFuture().removeListener(listener);
    }

    @Override
    public void close() {
        channel.eventLoop().execute(closeWhenAnswered);
    }
}
