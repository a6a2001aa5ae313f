package io.moldau.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A node as it last registered.
///
/// @param nodeEpoch rises with every registration of any node, so no two are alike
/// @param fenced true while it may lead nothing
/// @param featureLevel the highest level of commands that it can decide
public record NodeImage(
        int id,
        Uuid incarnation,
        long nodeEpoch,
        List<NodeEndpoint> endpoints,
        @Nullable String rack,
        boolean fenced,
        int featureLevel) {

    /// The endpoint of `listener`, or `null` when the node has no such listener.
    public @Nullable NodeEndpoint endpoint(String listener) {
        for (var endpoint : endpoints) {
            if (endpoint.listener().equals(listener)) {
                return endpoint;
            }
        }
        return null;
    }
}
