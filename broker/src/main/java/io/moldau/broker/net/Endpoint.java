package io.moldau.broker.net;

import io.moldau.broker.api.RequestRouter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// All listeners of a node and the connections they accepted, on a few event loops.
@SuppressWarnings("FutureReturnValueIgnored") // Close listeners and timers report to nobody.
public final class Endpoint implements AutoCloseable {
    /// Answers that wait for a client before its requests wait too. Above the larger mark the
    /// connection is not read until the smaller one is reached.
    private static final WriteBufferWaterMark WATER_MARKS =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    /// Netty's own estimate of a [FileRegion] is nothing, since it holds no memory. We count it: a
    /// client that does not take its records must not be read, however cheap they are to keep.
    private static final MessageSizeEstimator SIZES = () -> Endpoint::sizeBytes;

    private static final MessageSizeEstimator.Handle NETTY_SIZES =
            DefaultMessageSizeEstimator.DEFAULT.newHandle();

    /// How long a half frame may stand still while others wait for the memory it holds.
    private static final long STALLED_MS_MAX = 10_000;

    private static final long STALL_CHECK_MS = 1_000;

    /// What [#close()] gives to requests under way.
    private static final long CLOSE_MS_MAX = 3_000;

    private final NetConfig config;
    private final RequestDecoder decoder;
    private final MemoryBudget budget;
    private final Admission admission;
    private final boolean epoll;
    private final MultiThreadIoEventLoopGroup loops;
    private final PooledByteBufAllocator allocator;
    private final Map<Channel, ConnectionHandler> connections = new ConcurrentHashMap<>();
    private final List<Channel> servers = new ArrayList<>();
    private final List<BoundListener> listeners = new ArrayList<>();

    private Endpoint(NetConfig config, RequestRouter router, boolean epoll) {
        this.config = config;
        this.epoll = epoll;
        this.decoder = new RequestDecoder(router);
        this.budget = new MemoryBudget(config.queuedRequestBytesMax());
        this.admission = new Admission(config);
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.loops =
                new MultiThreadIoEventLoopGroup(
                        config.networkThreads(), new DefaultThreadFactory("net", true), io);
        // One arena per loop and none for anybody else: only loops allocate here.
        this.allocator =
                new PooledByteBufAllocator(
                        true,
                        0,
                        config.networkThreads(),
                        PooledByteBufAllocator.defaultPageSize(),
                        PooledByteBufAllocator.defaultMaxOrder(),
                        PooledByteBufAllocator.defaultSmallCacheSize(),
                        PooledByteBufAllocator.defaultNormalCacheSize(),
                        false);
    }

    /// Binds every listener and begins to accept.
    ///
    /// @throws BindFailedException one of them cannot be bound; none is then
    public static Endpoint bind(NetConfig config, RequestRouter router) {
        return bind(config, router, Epoll.isAvailable());
    }

    /// @param epoll false for the sockets of the JDK
    static Endpoint bind(NetConfig config, RequestRouter router, boolean epoll) {
        var endpoint = new Endpoint(config, router, epoll);
        try {
            config.listeners().forEach(endpoint::listen);
        } catch (BindFailedException e) {
            endpoint.close();
            throw e;
        }
        endpoint.watchForStalls();
        return endpoint;
    }

    private void listen(ListenerConfig listener) {
        var bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(serverChannel())
                        .option(ChannelOption.SO_BACKLOG, config.backlog())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new ServerChannelRecvByteBufAllocator())
                        .childOption(ChannelOption.ALLOCATOR, allocator)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                        .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, SIZES)
                        .handler(new AcceptHandler(admission, listener.connectionsMax()))
                        .childHandler(initializer(listener.name()));
        if (config.receiveBufferBytes() > 0) {
            // On the listener itself: the window is agreed upon before a connection is accepted.
            bootstrap.option(ChannelOption.SO_RCVBUF, config.receiveBufferBytes());
        }
        if (config.sendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, config.sendBufferBytes());
        }
        var address =
                listener.host().isEmpty()
                        ? new InetSocketAddress(listener.port())
                        : new InetSocketAddress(listener.host(), listener.port());
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bindFailed(listener, address, bound.cause());
        }
        servers.add(bound.channel());
        int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        listeners.add(new BoundListener(listener.name(), listener.host(), port));
    }

    private static BindFailedException bindFailed(
            ListenerConfig listener, InetSocketAddress address, Throwable cause) {
        String what =
                "Listener %s cannot bind %s".formatted(listener.name(), listener.hostAndPort());
        if (address.isUnresolved()) {
            return new BindFailedException(
                    what + ": this host name is unknown; correct it in 'listeners'.", cause);
        }
        String reason = String.valueOf(cause.getMessage());
        if (reason.contains("in use")) {
            var owner = PortOwner.of(listener.port()).map(" by "::concat).orElse("");
            return new BindFailedException(
                    what
                            + ": the port is in use"
                            + owner
                            + "; stop that process or choose another port in 'listeners'.",
                    cause);
        }
        return new BindFailedException(
                what + ": " + reason + "; correct the address in 'listeners'.", cause);
    }

    private Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private ChannelInitializer<Channel> initializer(String listener) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                var handler = new ConnectionHandler(listener, channel, decoder, budget, config);
                connections.put(channel, handler);
                channel.closeFuture().addListener(_ -> connections.remove(channel));
                channel.pipeline().addLast(handler);
            }
        };
    }

    private static int sizeBytes(Object message) {
        return message instanceof FileRegion region
                ? Math.toIntExact(region.count())
                : NETTY_SIZES.size(message);
    }

    /// While someone waits for memory, whoever holds it has to make use of it.
    private void watchForStalls() {
        loops.scheduleWithFixedDelay(
                this::closeStalled, STALL_CHECK_MS, STALL_CHECK_MS, TimeUnit.MILLISECONDS);
    }

    private void closeStalled() {
        if (budget.anyoneWaits()) {
            connections.forEach((channel, handler) ->
                    channel.eventLoop().execute(() -> handler.closeIfStalled(STALLED_MS_MAX)));
        }
    }

    /// The listeners in the order of their configuration, with their actual ports.
    public List<BoundListener> listeners() {
        return List.copyOf(listeners);
    }

    public int connectionCount() {
        return admission.connections();
    }

    /// Bytes that requests in flight hold.
    public long queuedRequestBytes() {
        return budget.usedBytes();
    }

    /// Bytes of direct memory that are in use at this moment, pooled ones aside.
    long pinnedBytes() {
        return allocator.pinnedDirectMemory();
    }

    /// Accepts and reads no more, answers what was read, for a few seconds at most, then closes
    /// every connection and ends the event loops.
    @Override
    public void close() {
        servers.forEach(server -> server.close().awaitUninterruptibly());
        connections.forEach(
                (channel, handler) -> channel.eventLoop().execute(handler::closeWhenAnswered));
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MS_MAX);
        for (var channel : connections.keySet()) {
            long leftNanos = Math.max(0, deadlineNanos - System.nanoTime());
            if (!channel.closeFuture().awaitUninterruptibly(leftNanos, TimeUnit.NANOSECONDS)) {
                channel.close().awaitUninterruptibly();
            }
        }
        loops.shutdownGracefully(0, CLOSE_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
