package io.moldau.broker.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the settings say about this node among the others.
///
/// @param listen where the port between nodes is bound; an empty host means every interface
/// @param listenNamed whether somebody asked for it: what was asked for and cannot be had is fatal
/// @param join the other nodes' addresses, and perhaps this one's; empty for a cluster of one
/// @param host the name under which the others may know this node, where the settings tell
/// @param admin where the operator's HTTP port is bound; empty for nowhere
public record ClusterConfig(
        HostPort listen,
        boolean listenNamed,
        List<HostPort> join,
        Optional<String> host,
        Optional<Tls> tls,
        Optional<HostPort> admin,
        boolean adminNamed) {
    private static final Pattern LITERAL_ADDRESS = Pattern.compile("[\\d.]+|[0-9a-fA-F:.]*:.*");
    private static final HostPort ADMIN = new HostPort("127.0.0.1", ClusterKeys.ADMIN_PORT);

    /// PEM files; both ends show and check a certificate.
    public record Tls(Path certificate, Path key, Path trusted) {}

    static ClusterConfig of(BrokerConfig config) {
        Optional<HostPort> named =
                config.find("cluster.listen")
                        .flatMap(text -> ClusterKeys.parse(text, ClusterKeys.CLUSTER_PORT));
        List<HostPort> join = ClusterKeys.addresses(config.getList("cluster.join"));
        Optional<String> admin = config.find("admin.listen");
        return new ClusterConfig(
                named.orElseGet(() -> new HostPort(hostOf(config), ClusterKeys.CLUSTER_PORT)),
                named.isPresent() || !join.isEmpty(),
                join,
                advertisedHost(config.interBrokerListener()),
                tls(config),
                admin.isEmpty()
                        ? Optional.of(ADMIN)
                        : admin.filter(text -> !text.equals(ClusterKeys.NONE))
                                .flatMap(text -> ClusterKeys.parse(text, ClusterKeys.ADMIN_PORT)),
                admin.isPresent());
    }

    /// The host of the listener that stands for this node. One that is bound everywhere but tells
    /// clients an address of this machine is bound to that: several nodes may share a machine. A
    /// name is not looked up for this, since many machines take their own for loopback.
    private static String hostOf(BrokerConfig config) {
        ListenerSpec listener = config.interBrokerListener();
        if (!Listeners.isEverywhere(listener.host())) {
            return listener.host();
        }
        return advertisedHost(listener).filter(ClusterConfig::isOwnAddress).orElse("");
    }

    private static Optional<String> advertisedHost(ListenerSpec listener) {
        return listener.advertised().map(HostPort::host);
    }

    private static boolean isOwnAddress(String host) {
        if (!LITERAL_ADDRESS.matcher(host).matches()) {
            return false;
        }
        try {
            var address = InetAddress.getByName(host);
            return address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException | SocketException unknown) {
            return false;
        }
    }

    private static Optional<Tls> tls(BrokerConfig config) {
        var files = ClusterKeys.TLS.stream().map(config::find).toList();
        var missing = ClusterKeys.TLS.stream().filter(name -> config.find(name).isEmpty()).toList();
        if (missing.size() == files.size()) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            throw new InvalidSettingException(
                    "%s must be set together; %s is missing."
                            .formatted(
                                    String.join(", ", ClusterKeys.TLS),
                                    String.join(" and ", missing)));
        }
        var paths = files.stream().map(file -> Path.of(file.orElseThrow())).toList();
        return Optional.of(new Tls(paths.get(0), paths.get(1), paths.get(2)));
    }
}
