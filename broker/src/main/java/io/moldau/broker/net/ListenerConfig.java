package io.moldau.broker.net;

/// Where one listener accepts connections.
///
/// @param name as in `listeners`, such as `PLAINTEXT`; what clients are told depends on it
/// @param host address or name to bind; empty for every address of the machine
/// @param port 0 lets the system choose
/// @param connectionsMax most connections of this listener at a time
public record ListenerConfig(String name, String host, int port, int connectionsMax) {
    public ListenerConfig(String name, String host, int port) {
        this(name, host, port, Integer.MAX_VALUE);
    }

    String hostAndPort() {
        String shown = host.isEmpty() ? "0.0.0.0" : host;
        return (shown.indexOf(':') < 0 ? shown : "[" + shown + "]") + ":" + port;
    }
}
