package io.moldau.quorum;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a node's part of the quorum lives, and how it is sized.
///
/// @param dir the quorum's own directory; created when missing
/// @param clusterId the cluster that the data must belong to; `null` to take what is there, or to
///   draw an id at the first start
/// @param listen where the quorum's peers reach this node; `null` for a quorum of one, which then
///   opens no port
/// @param snapshotThreshold entries between two snapshots
public record QuorumConfig(
        Path dir,
        int nodeId,
        @Nullable String clusterId,
        @Nullable InetSocketAddress listen,
        int snapshotThreshold) {
    private static final int SNAPSHOT_THRESHOLD = 20_000;

    /// A quorum of one that takes or draws its cluster id.
    public static QuorumConfig of(Path dir, int nodeId) {
        return new QuorumConfig(dir, nodeId, null, null, SNAPSHOT_THRESHOLD);
    }

    public QuorumConfig withClusterId(@Nullable String id) {
        return new QuorumConfig(dir, nodeId, id, listen, snapshotThreshold);
    }

    public QuorumConfig withListen(InetSocketAddress address) {
        return new QuorumConfig(dir, nodeId, clusterId, address, snapshotThreshold);
    }

    public QuorumConfig withSnapshotThreshold(int entries) {
        return new QuorumConfig(dir, nodeId, clusterId, listen, entries);
    }
}
