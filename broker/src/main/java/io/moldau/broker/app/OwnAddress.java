package io.moldau.broker.app;

import io.moldau.broker.config.ClusterConfig;
import io.moldau.peer.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where this node's port for others is bound, and under which name they reach it.
///
/// @param settings what the operator wrote
record OwnAddress(ClusterConfig settings) {
    private static final Logger LOGGER = LoggerFactory.getLogger(OwnAddress.class);

    InetSocketAddress toBind() {
        var listen = settings.listen();
        return isEverywhere()
                ? new InetSocketAddress(listen.port())
                : new InetSocketAddress(listen.host(), listen.port());
    }

    private boolean isEverywhere() {
        var host = settings.listen().host();
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    /// @param port that is bound, which may have been left to the system
    Optional<PeerAddress> bySettings(int port) {
        var host = isEverywhere() ? settings.host() : Optional.of(settings.listen().host());
        return host.map(name -> new PeerAddress(name, port));
    }

    /// The name under which others came to know the node, unless the settings tell another one.
    PeerAddress rememberedOr(Optional<PeerAddress> remembered, int port) {
        var stillNamed =
                remembered
                        .map(PeerAddress::host)
                        .filter(host ->
                                isEverywhere()
                                        || named().stream().anyMatch(at -> at.host().equals(host)));
        return stillNamed
                .map(host -> new PeerAddress(host, port))
                .or(() -> bySettings(port))
                .orElseGet(() -> new PeerAddress(localHost(), port));
    }

    /// `cluster.join`.
    List<PeerAddress> named() {
        return settings.join().stream()
                .map(address -> new PeerAddress(address.host(), address.port()))
                .toList();
    }

    private static String localHost() {
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException nameless) {
            LOGGER.atDebug().setCause(nameless).log("this machine does not know its own name");
            return "127.0.0.1";
        }
    }
}
