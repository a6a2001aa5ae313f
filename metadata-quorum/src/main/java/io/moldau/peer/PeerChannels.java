package io.moldau.peer;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.security.Security;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Connections to other nodes, one for each address, kept and mended: all calls and streams to that
/// address share it.
///
/// Callbacks of calls run on virtual threads and may block. A stream that wants its messages with
/// no hand-over takes `stub.withExecutor(Runnable::run)`; then its callbacks run on the one event
/// loop, and must not block.
public final class PeerChannels implements AutoCloseable {
    /// A node that comes back is found again within this time; gRPC's own first pause is a second.
    private static final long REDIAL_MS = 100;

    /// Where the way is cut, the kernel asks again after one second, two, four, eight: a cut that
    /// is mended would go unnoticed for as long as it had lasted.
    private static final int DIAL_TIMEOUT_MS = 1_000;

    /// gRPC takes nothing shorter. It ends connections whose other end vanished without a word.
    private static final long KEEP_ALIVE_MS = 10_000;

    private static final long KEEP_ALIVE_TIMEOUT_MS = 3_000;

    /// By then the cluster has given the node up, or it lives after all.
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// A node that comes back elsewhere under its old name is to be found there at once. The JVM
    /// would believe an old answer for 30 s, and a "no such name" for 10.
    static {
        System.setProperty("networkaddress.cache.ttl", "1"); // Which is where gRPC looks.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private final ChannelCredentials credentials;
    private final EventLoopGroup eventLoop = Wiring.eventLoop("peer-client");
    private final Executor handlers = Wiring.handlers("peer-callback");
    private final Map<PeerAddress, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Set<PeerAddress> ready = ConcurrentHashMap.newKeySet();
    private final Map<PeerAddress, Long> lostNanos = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private PeerChannels(ChannelCredentials credentials) {
        this.credentials = credentials;
    }

    /// @throws java.io.UncheckedIOException the certificates cannot be read
    public static PeerChannels open(Optional<PeerTls> tls) {
        return new PeerChannels(
                tls.map(PeerTls::forChannel).orElseGet(InsecureChannelCredentials::create));
    }

    /// The connection to `address`; dialled when the first call needs it. Calls fail at once, as
    /// UNAVAILABLE, while it cannot be had.
    public ManagedChannel to(PeerAddress address) {
        if (closed) {
            throw new IllegalStateException("the connections to other nodes are closed");
        }
        return channels.computeIfAbsent(address, this::open);
    }

    private ManagedChannel open(PeerAddress address) {
        var channel =
                NettyChannelBuilder.forAddress(address.host(), address.port(), credentials)
                        .channelType(Wiring.socket())
                        .eventLoopGroup(eventLoop)
                        .executor(handlers)
                        .proxyDetector(_ -> null)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, DIAL_TIMEOUT_MS)
                        .disableRetry()
                        .maxInboundMessageSize(Wiring.MAX_MESSAGE_BYTES)
                        .flowControlWindow(Wiring.WINDOW_BYTES)
                        .keepAliveTime(KEEP_ALIVE_MS, TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .keepAliveWithoutCalls(true)
                        .build();
        watch(address, channel);
        return channel;
    }

    private void watch(PeerAddress address, ManagedChannel channel) {
        var state = channel.getState(false);
        note(address, state);
        if (state == ConnectivityState.TRANSIENT_FAILURE) {
            redial(address, channel);
        } else if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> watch(address, channel));
        }
    }

    private void note(PeerAddress address, ConnectivityState state) {
        if (state == ConnectivityState.READY) {
            ready.add(address);
            lostNanos.remove(address);
        } else if (ready.remove(address)) {
            lostNanos.put(address, System.nanoTime());
        }
    }

    /// Whether the connection to `address` broke a moment ago, and there is no other yet.
    public boolean hasLost(PeerAddress address) {
        var since = lostNanos.get(address);
        return since != null && System.nanoTime() - since < LOST_NANOS;
    }

    private void redial(PeerAddress address, ManagedChannel channel) {
        if (eventLoop.isShuttingDown()) {
            return;
        }
        var _ =
                eventLoop.schedule(
                        () -> {
                            if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                                channel.resetConnectBackoff();
                                redial(address, channel);
                            } else {
                                watch(address, channel);
                            }
                        },
                        REDIAL_MS,
                        TimeUnit.MILLISECONDS);
    }

    /// Dials `address` anew, says nothing and hangs up: tells a dead process from a silent one.
    ///
    /// @param timeoutMs how long to wait before it counts as silent
    public CompletableFuture<Probe> probe(PeerAddress address, long timeoutMs) {
        var result = new CompletableFuture<Probe>();
        handlers.execute(() -> dial(address, (int) timeoutMs, result));
        return result.completeOnTimeout(Probe.SILENT, timeoutMs, TimeUnit.MILLISECONDS);
    }

    private void dial(PeerAddress address, int timeoutMs, CompletableFuture<Probe> result) {
        // Looking up a name may take a while, which is why this runs off the event loop.
        var target = new InetSocketAddress(address.host(), address.port());
        if (target.isUnresolved() || closed) {
            result.complete(Probe.SILENT);
            return;
        }
        new Bootstrap()
                .group(eventLoop)
                .channel(Wiring.socket())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(target)
                .addListener((ChannelFuture dialled) -> {
                    result.complete(meaning(dialled));
                    var _ = dialled.channel().close();
                });
    }

    /// Where nobody listens, the port may by chance be lent to the very connection that dials it.
    private static boolean isToItself(Channel dialled) {
        return dialled.localAddress() != null
                && dialled.localAddress().equals(dialled.remoteAddress());
    }

    private static Probe meaning(ChannelFuture dialled) {
        return switch (dialled.cause()) {
            case null -> isToItself(dialled.channel()) ? Probe.REFUSED : Probe.ANSWERED;
            // The same class tells of "timed out", and the kernel gives no other sign than the
            // text.
            case ConnectException refused
                    when String.valueOf(refused.getMessage()).contains("refused") ->
                    Probe.REFUSED;
            default -> Probe.SILENT;
        };
    }

    /// Cuts every connection; calls under way fail as UNAVAILABLE.
    @Override
    public void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        Wiring.close(eventLoop);
    }
}
