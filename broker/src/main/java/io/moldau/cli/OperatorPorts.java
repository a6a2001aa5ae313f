package io.moldau.cli;

import io.moldau.broker.config.HostPort;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/// Asks nodes what no request of Kafka's protocol can ask, at their operator's ports. Where these
/// are, the nodes say in their settings.
final class OperatorPorts {
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int READ_TIMEOUT_MS = 15_000;
    private static final String DEFAULT = "127.0.0.1:9644";

    private OperatorPorts() {}

    /// The lines of a page of one node.
    ///
    /// @throws CliException one sentence: it cannot be asked from here
    static List<String> lines(Admin admin, Node node, String path) throws Exception {
        return lines(portOf(admin, node), path);
    }

    private static HostPort portOf(Admin admin, Node node) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
        ConfigEntry entry =
                admin.describeConfigs(List.of(resource))
                        .values()
                        .get(resource)
                        .get()
                        .get("admin.listen");
        var set = entry == null || entry.value() == null ? DEFAULT : entry.value();
        if (set.equals("none")) {
            throw CliException.failure(
                    "Node %d has no operator's port: its admin.listen is none."
                            .formatted(node.id()));
        }
        var at = parse(set);
        if (isAnyAddress(at.host())) {
            return new HostPort(node.host(), at.port());
        }
        if (isLoopback(at.host()) && !isHere(node.host())) {
            throw CliException.failure(
                    "Node %d's operator's port, %s, can be reached from its own machine only: run this on %s, or let its admin.listen name an address."
                            .formatted(node.id(), at, node.host()));
        }
        return at;
    }

    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            var host = text.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
            return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException _) {
            throw CliException.usage("%s is no HOST:PORT.".formatted(text));
        }
    }

    private static boolean isAnyAddress(String host) throws UnknownHostException {
        return host.isEmpty() || InetAddress.getByName(host).isAnyLocalAddress();
    }

    private static boolean isLoopback(String host) throws UnknownHostException {
        return InetAddress.getByName(host).isLoopbackAddress();
    }

    private static boolean isHere(String host) throws IOException {
        var address = InetAddress.getByName(host);
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }

    /// The lines of a page.
    ///
    /// @throws CliException nobody answers there, or not as expected
    static List<String> lines(HostPort at, String path) {
        var host = at.host().indexOf(':') >= 0 ? "[" + at.host() + "]" : at.host();
        var uri = URI.create("http://%s:%d%s".formatted(host, at.port(), path));
        try {
            var connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
            connection.setReadTimeout(READ_TIMEOUT_MS);
            int status = connection.getResponseCode();
            var stream = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            try (stream) {
                var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                if (status >= 400) {
                    throw CliException.failure(text.strip());
                }
                return text.lines().toList();
            }
        } catch (IOException e) {
            throw CliException.failure(
                    "The operator's port %s does not answer: %s.".formatted(at, e.getMessage()));
        }
    }
}
