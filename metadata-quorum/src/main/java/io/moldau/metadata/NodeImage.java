package io.moldau.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A node as it last registered.
///
/// @param nodeEpoch rises with every registration of any node, so no two are alike
/// @param directoryId of the disk that it keeps its metadata on
/// @param clusterAddress where other nodes reach it, or `null`
/// @param fenced true while it may lead nothing and be in no ISR
/// @param shuttingDown true once it has begun to stop in order: it may keep what it alone leads,
///   and takes on nothing
/// @param observerOnly true while an operator's word keeps it from voting in the metadata quorum
/// @param featureLevel the highest level of commands that it can decide
public record NodeImage(
        int id,
        Uuid incarnation,
        long nodeEpoch,
        Uuid directoryId,
        List<NodeEndpoint> endpoints,
        @Nullable NodeAddress clusterAddress,
        @Nullable String rack,
        boolean fenced,
        boolean shuttingDown,
        boolean observerOnly,
        int featureLevel) {

    /// True if it may lead partitions and be in their ISR.
    public boolean eligible() {
        return !fenced && !shuttingDown;
    }

    NodeImage withState(boolean nowFenced, boolean nowShuttingDown) {
        return new NodeImage(
                id,
                incarnation,
                nodeEpoch,
                directoryId,
                endpoints,
                clusterAddress,
                rack,
                nowFenced,
                nowShuttingDown,
                observerOnly,
                featureLevel);
    }

    NodeImage withObserverOnly(boolean now) {
        return new NodeImage(
                id,
                incarnation,
                nodeEpoch,
                directoryId,
                endpoints,
                clusterAddress,
                rack,
                fenced,
                shuttingDown,
                now,
                featureLevel);
    }

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
