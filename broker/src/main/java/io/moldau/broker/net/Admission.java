package io.moldau.broker.net;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Counts connections and keeps to their limits, as Kafka does: at a listener's or the broker's
/// limit nothing more is accepted, so that new clients wait in the backlog; beyond the limit of one
/// address they are turned away.
///
/// Thread-safe: listeners may live on different event loops.
final class Admission {
    private static final Logger LOGGER = LoggerFactory.getLogger(Admission.class);
    private static final RareLog TURNED_AWAY = new RareLog(LOGGER, Level.WARN);

    private final NetConfig config;
    private final Map<InetAddress, Integer> overrides = new HashMap<>();
    private final AtomicInteger total = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final List<Door> doors = new CopyOnWriteArrayList<>();

    Admission(NetConfig config) {
        this.config = config;
        config.connectionsPerIpOverrides().forEach(this::override);
    }

    private void override(String host, int max) {
        try {
            for (var address : InetAddress.getAllByName(host)) {
                overrides.put(address, max);
            }
        } catch (UnknownHostException e) {
            LOGGER.atWarn()
                    .addKeyValue("host", host)
                    .setCause(e)
                    .log("unknown host in max.connections.per.ip.overrides, ignored");
        }
    }

    /// One listener's share in the counting.
    final class Door {
        private final Channel server;
        private final int connectionsMax;
        private final AtomicInteger inside = new AtomicInteger();

        private Door(Channel server, int connectionsMax) {
            this.server = server;
            this.connectionsMax = connectionsMax;
        }

        /// Counts `client` in until it closes.
        ///
        /// @return false if there are too many of its address already
        boolean admit(Channel client) {
            var remote = client.remoteAddress();
            var address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
            if (address != null && countsAddresses() && !admitAddress(address)) {
                return false;
            }
            total.incrementAndGet();
            inside.incrementAndGet();
            client.closeFuture().addListener(_ -> leave(address));
            mind();
            return true;
        }

        private void leave(InetAddress address) {
            if (address != null && countsAddresses()) {
                byAddress.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
            }
            total.decrementAndGet();
            inside.decrementAndGet();
            doors.forEach(Door::mind);
        }

        private boolean isFull() {
            return inside.get() >= connectionsMax || total.get() >= config.connectionsMax();
        }

        /// Opens or shuts. Looks again after each change, on the loop that accepts, so that of two
        /// changes at once the later one counts.
        private void mind() {
            boolean accepts = server.config().isAutoRead();
            if (accepts != isFull() || !server.isRegistered()) {
                return;
            }
            server.eventLoop().execute(() -> server.config().setAutoRead(!isFull()));
            if (isFull()) {
                TURNED_AWAY
                        .event()
                        .addKeyValue("connections", total.get())
                        .log(
                                "no more connections are accepted until some end: max.connections, or the limit on descriptors, is reached");
            }
        }
    }

    Door door(Channel server, int connectionsMax) {
        var door = new Door(server, connectionsMax);
        doors.add(door);
        return door;
    }

    private boolean countsAddresses() {
        return config.connectionsPerIpMax() != Integer.MAX_VALUE || !overrides.isEmpty();
    }

    private boolean admitAddress(InetAddress address) {
        int max = overrides.getOrDefault(address, config.connectionsPerIpMax());
        int count = byAddress.merge(address, 1, Integer::sum);
        if (count <= max) {
            return true;
        }
        byAddress.computeIfPresent(address, (_, n) -> n > 1 ? n - 1 : null);
        TURNED_AWAY
                .event()
                .addKeyValue("address", address.getHostAddress())
                .addKeyValue("max", max)
                .log("connection refused: too many from this address");
        return false;
    }

    int connections() {
        return total.get();
    }
}
