package io.moldau.quorum.session;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.NodeEndpoint;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What a node tells the cluster of itself when it starts.
///
/// @param incarnation drawn anew by every start of the process
/// @param directoryId names the node's metadata directory
/// @param clusterAddress where the other nodes reach it; `null` for a node that has no others
/// @param clean true if all that the node had acknowledged is on its disk still
public record Registration(
        int nodeId,
        Uuid incarnation,
        Uuid directoryId,
        List<NodeEndpoint> endpoints,
        @Nullable NodeAddress clusterAddress,
        @Nullable String rack,
        boolean clean) {
    RegisterNode command(long knownEpoch) {
        return new RegisterNode(
                nodeId,
                incarnation,
                directoryId,
                endpoints,
                clusterAddress,
                rack,
                ClusterImage.FEATURE_LEVEL,
                knownEpoch,
                clean);
    }
}
