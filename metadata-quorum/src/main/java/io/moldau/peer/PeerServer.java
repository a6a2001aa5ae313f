package io.moldau.peer;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The node's one port for other nodes. Everything that nodes say to each other is a service here;
/// services may come while it runs, and calls to one that has not come yet fail as UNIMPLEMENTED.
public final class PeerServer implements AutoCloseable {
    private static final long CLOSE_TIMEOUT_MS = 500;

    private final MutableHandlerRegistry services = new MutableHandlerRegistry();
    private final Set<String> quick = ConcurrentHashMap.newKeySet();
    private final EventLoopGroup eventLoop = Wiring.eventLoop("peer-server");
    private final Server server;
    private @Nullable InetSocketAddress address;

    private PeerServer(InetSocketAddress listen, Optional<PeerTls> tls) {
        var credentials = tls.map(PeerTls::forServer).orElseGet(InsecureServerCredentials::create);
        this.server =
                NettyServerBuilder.forAddress(listen, credentials)
                        .channelType(Wiring.serverSocket())
                        .bossEventLoopGroup(eventLoop)
                        .workerEventLoopGroup(eventLoop)
                        .executor(Wiring.handlers("peer-handler"))
                        .callExecutor(new QuickOnes())
                        .fallbackHandlerRegistry(services)
                        .maxInboundMessageSize(Wiring.MAX_MESSAGE_BYTES)
                        .flowControlWindow(Wiring.WINDOW_BYTES)
                        .permitKeepAliveTime(1, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .build();
    }

    /// Opens the port. Port 0 takes any that is free, see [#address()].
    ///
    /// @throws PeerUnavailableException the port is taken, or the address is not this machine's
    /// @throws java.io.UncheckedIOException the certificates cannot be read
    public static PeerServer open(InetSocketAddress listen, Optional<PeerTls> tls) {
        var opened = new PeerServer(listen, tls);
        try {
            opened.server.start();
            opened.address = (InetSocketAddress) opened.server.getListenSockets().getFirst();
            return opened;
        } catch (IOException failed) {
            Wiring.close(opened.eventLoop);
            throw new PeerUnavailableException(
                    ("The port for other nodes, %s:%d, cannot be opened (%s): stop what uses it, or"
                                    + " set cluster.listen to another one.")
                            .formatted(
                                    listen.getHostString(), listen.getPort(), rootMessage(failed)),
                    failed);
        }
    }

    private static @Nullable String rootMessage(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    /// Adds a service, or replaces the one of the same name. Its handlers may block.
    public void serve(ServerServiceDefinition service) {
        services.addService(service);
    }

    /// Adds a service whose handlers run on the event loop itself and thus must never block: for
    /// streams that hand over what arrives.
    public void serveQuick(ServerServiceDefinition service) {
        quick.add(service.getServiceDescriptor().getName());
        services.addService(service);
    }

    /// Where it listens, or did until it was closed.
    public InetSocketAddress address() {
        return Objects.requireNonNull(address, "the port was never opened");
    }

    private final class QuickOnes implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            var service = call.getMethodDescriptor().getServiceName();
            return service != null && quick.contains(service) ? Runnable::run : null;
        }
    }

    /// Cuts every connection: others then learn at once that this node is gone.
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        Wiring.close(eventLoop);
    }
}
