package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.net.ListenerConfig;
import io.moldau.broker.net.NetConfig;

/// What the settings mean for the sockets.
final class Listening {
    private Listening() {}

    static NetConfig netConfig(BrokerConfig config) {
        var listeners =
                config.listeners().stream()
                        .map(spec -> new ListenerConfig(spec.name(), spec.host(), spec.port()))
                        .toList();
        long queuedBytes = config.getLong("queued.max.request.bytes");
        return new NetConfig(
                listeners,
                Math.min(config.getInt("num.network.threads"), NetConfig.defaultNetworkThreads()),
                config.getInt("socket.request.max.bytes"),
                queuedBytes > 0 ? queuedBytes : NetConfig.defaultQueuedRequestBytes(),
                Math.min(
                        config.getInt("max.connections"),
                        Descriptors.forConnections(Descriptors.limit())),
                config.getInt("max.connections.per.ip"),
                config.connectionsPerIpOverrides(),
                config.getLong("connections.max.idle.ms"),
                config.getInt("socket.send.buffer.bytes"),
                config.getInt("socket.receive.buffer.bytes"),
                config.getInt("socket.listen.backlog.size"));
    }
}
