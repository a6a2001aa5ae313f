package io.moldau.peer;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// What server and channels have in common.
final class Wiring {
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    /// Bytes of one stream that may be on their way unread.
    static final int WINDOW_BYTES = 4 << 20;

    /// Handlers that are at it just now may still answer, if only into the void.
    private static final long CLOSE_QUIET_MS = 200;

    private static final long CLOSE_TIMEOUT_MS = 1000;

    /// Linux's own way, as for clients, costs fewer calls of the kernel for every frame.
    private static final boolean EPOLL = Epoll.isAvailable();

    private Wiring() {}

    /// One thread is plenty for a handful of connections: it moves bytes and runs no handler.
    static EventLoopGroup eventLoop(String name) {
        return new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory(name, true),
                EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    static Class<? extends SocketChannel> socket() {
        return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    static Class<? extends ServerSocketChannel> serverSocket() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Handlers and callbacks may wait for a disk or for another node, so each gets a virtual
    /// thread; those of one call still run one after the other.
    static Executor handlers(String name) {
        var threads = Thread.ofVirtual().name(name).factory();
        return task -> threads.newThread(task).start();
    }

    static void close(EventLoopGroup group) {
        var _ = group.shutdownGracefully(CLOSE_QUIET_MS, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
}
