package io.moldau.metadata;

/// Where a node is reached by the other nodes of its cluster.
public record NodeAddress(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
