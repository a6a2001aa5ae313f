package io.moldau.peer;

/// Where a node's port for other nodes is reached.
///
/// @param host name or IP address; an IPv6 address without brackets
public record PeerAddress(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public PeerAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("an address needs a host");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("%d is no port".formatted(port));
        }
    }

    /// Reads `host`, `host:port` or `[IPv6]:port`.
    ///
    /// @throws IllegalArgumentException with one sentence that says what is wrong
    public static PeerAddress parse(String text, int defaultPort) {
        var address = text.strip();
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("'%s' lacks a closing ]".formatted(address));
            }
            var rest = address.substring(end + 1);
            int port = rest.isEmpty() ? defaultPort : port(address, rest);
            return new PeerAddress(address.substring(1, end), port);
        }
        int colon = address.indexOf(':');
        if (colon < 0 || colon != address.lastIndexOf(':')) {
            return new PeerAddress(address, defaultPort); // A name, or a bare IPv6 address.
        }
        return new PeerAddress(
                address.substring(0, colon), port(address, address.substring(colon)));
    }

    private static int port(String address, String colonAndPort) {
        if (!colonAndPort.matches(":\\d{1,5}")) {
            throw new IllegalArgumentException("'%s' has no port number".formatted(address));
        }
        return Integer.parseInt(colonAndPort.substring(1));
    }

    /// As [#parse] reads it.
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? "%s:%d" : "[%s]:%d").formatted(host, port);
    }
}
