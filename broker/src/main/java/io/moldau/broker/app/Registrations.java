package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.net.BoundListener;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.NodeEndpoint;
import io.moldau.peer.PeerAddress;
import io.moldau.quorum.session.Registration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/// What this node tells the cluster about itself, once its ports are known.
final class Registrations {
    private Registrations() {}

    /// @param directoryId names the node's metadata directory
    /// @param clean whether all that the node had acknowledged is on its disk still
    static Registration of(
            BrokerConfig config,
            List<BoundListener> listeners,
            Uuid directoryId,
            PeerAddress clusterAddress,
            boolean clean) {
        return new Registration(
                config.nodeId(),
                Uuid.randomUuid(),
                directoryId,
                endpoints(config, listeners),
                new NodeAddress(clusterAddress.host(), clusterAddress.port()),
                config.rack().orElse(null),
                clean);
    }

    /// What clients are told of each listener. One that is bound everywhere and advertises nothing
    /// has no host: the node itself tells the one that was dialled, and others the one by which
    /// they know the node.
    private static List<NodeEndpoint> endpoints(
            BrokerConfig config, List<BoundListener> listeners) {
        List<NodeEndpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < config.listeners().size(); i++) {
            var spec = config.listeners().get(i);
            var bound = listeners.get(i);
            var advertised = spec.advertised();
            endpoints.add(
                    new NodeEndpoint(
                            spec.name(),
                            advertised.map(at -> at.host()).orElse(boundHost(spec.host())),
                            advertised.map(at -> at.port()).orElse(bound.port()),
                            spec.securityProtocol()));
        }
        return List.copyOf(endpoints);
    }

    private static String boundHost(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "" : host;
    }
}
