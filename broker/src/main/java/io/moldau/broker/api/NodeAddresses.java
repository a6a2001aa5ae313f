package io.moldau.broker.api;

import io.moldau.metadata.NodeImage;
import java.util.Optional;

/// Where a client reaches a node.
@FunctionalInterface
public interface NodeAddresses {
    /// @param host name or address, without brackets
    record Address(String host, int port) {}

    /// The address of `node` on the listener that the client came in on; empty if the node has no
    /// such listener.
    Optional<Address> of(NodeImage node, RequestContext context);

    /// What a node advertises. A listener that advertises nothing is told as the client dialled it,
    /// which only the node itself can do: it is right wherever the client stands. Of another node's
    /// it is the host that the nodes know each other by.
    ///
    /// @param self the node that answers
    static NodeAddresses advertisedTo(int self) {
        return (node, context) -> {
            var endpoint = node.endpoint(context.listener());
            if (endpoint == null) {
                return Optional.empty();
            }
            if (!endpoint.host().isEmpty()) {
                return Optional.of(new Address(endpoint.host(), endpoint.port()));
            }
            if (node.id() != self) {
                return Optional.ofNullable(node.clusterAddress())
                        .map(known -> new Address(known.host(), endpoint.port()));
            }
            var dialled = context.connection().localAddress();
            return Optional.of(
                    new Address(dialled.getAddress().getHostAddress(), dialled.getPort()));
        };
    }
}
