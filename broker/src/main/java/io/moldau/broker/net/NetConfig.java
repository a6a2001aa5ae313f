package io.moldau.broker.net;

import io.netty.util.internal.PlatformDependent;
import java.util.List;
import java.util.Map;

/// What the endpoint needs to know, in the units of Kafka's settings named beside it.
///
/// @param networkThreads `num.network.threads`: event loops, each with its thread
/// @param requestBytesMax `socket.request.max.bytes`: a longer frame closes its connection
/// @param queuedRequestBytesMax `queued.max.request.bytes`: what frames may hold together; see
///   [MemoryBudget]
/// @param connectionsMax `max.connections`: further ones wait in the backlog
/// @param connectionsPerIpMax `max.connections.per.ip`: further ones are closed at once
/// @param connectionsPerIpOverrides `max.connections.per.ip.overrides`: by address or host name
/// @param idleMsMax `connections.max.idle.ms`; negative: never
/// @param sendBufferBytes `socket.send.buffer.bytes`; -1 leaves it to the system
/// @param receiveBufferBytes `socket.receive.buffer.bytes`; -1 leaves it to the system
/// @param backlog `socket.listen.backlog.size`
public record NetConfig(
        List<ListenerConfig> listeners,
        int networkThreads,
        int requestBytesMax,
        long queuedRequestBytesMax,
        int connectionsMax,
        int connectionsPerIpMax,
        Map<String, Integer> connectionsPerIpOverrides,
        long idleMsMax,
        int sendBufferBytes,
        int receiveBufferBytes,
        int backlog) {
    public NetConfig {
        listeners = List.copyOf(listeners);
        connectionsPerIpOverrides = Map.copyOf(connectionsPerIpOverrides);
    }

    /// Kafka's defaults, but for the two that depend on the machine.
    public static NetConfig of(List<ListenerConfig> listeners) {
        return new NetConfig(
                listeners,
                defaultNetworkThreads(),
                100 * 1024 * 1024,
                defaultQueuedRequestBytes(),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Map.of(),
                600_000,
                100 * 1024,
                100 * 1024,
                50);
    }

    /// Kafka's three where there are cores for them; moving bytes takes less than half of the work.
    public static int defaultNetworkThreads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 3);
    }

    /// Kafka's default sets no bound at all. Ours leaves the larger part of the direct memory to
    /// answers, and lets several requests of an ordinary size wait at once whatever the heap.
    public static long defaultQueuedRequestBytes() {
        return Math.max(16L * 1024 * 1024, PlatformDependent.estimateMaxDirectMemory() / 3);
    }

    public NetConfig withRequestBytesMax(int bytes) {
        return new NetConfig(
                listeners,
                networkThreads,
                bytes,
                queuedRequestBytesMax,
                connectionsMax,
                connectionsPerIpMax,
                connectionsPerIpOverrides,
                idleMsMax,
                sendBufferBytes,
                receiveBufferBytes,
                backlog);
    }

    public NetConfig withQueuedRequestBytesMax(long bytes) {
        return new NetConfig(
                listeners,
                networkThreads,
                requestBytesMax,
                bytes,
                connectionsMax,
                connectionsPerIpMax,
                connectionsPerIpOverrides,
                idleMsMax,
                sendBufferBytes,
                receiveBufferBytes,
                backlog);
    }

    public NetConfig withConnections(int max, int perIpMax, Map<String, Integer> perIpOverrides) {
        return new NetConfig(
                listeners,
                networkThreads,
                requestBytesMax,
                queuedRequestBytesMax,
                max,
                perIpMax,
                perIpOverrides,
                idleMsMax,
                sendBufferBytes,
                receiveBufferBytes,
                backlog);
    }

    public NetConfig withIdleMsMax(long ms) {
        return new NetConfig(
                listeners,
                networkThreads,
                requestBytesMax,
                queuedRequestBytesMax,
                connectionsMax,
                connectionsPerIpMax,
                connectionsPerIpOverrides,
                ms,
                sendBufferBytes,
                receiveBufferBytes,
                backlog);
    }
}
