package io.moldau.broker.config;

/// An address as it is written in settings.
///
/// @param host name or address without brackets; empty means every interface
/// @param port 0 lets the system choose
public record HostPort(String host, int port) {
    /// As in a URI: an IPv6 address gets its brackets back.
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
