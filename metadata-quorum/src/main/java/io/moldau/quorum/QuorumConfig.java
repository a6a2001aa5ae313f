package io.moldau.quorum;

import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a node's part of the quorum lives, what it belongs to, and how it is sized.
///
/// @param dir the quorum's own directory; created when missing
/// @param group what the node is to belong to. It counts at the first start; later ones only check
///   that the cluster is the same, for by then the quorum itself knows its members
/// @param server this node's port for the others; `null` for a node alone, which may open it later,
///   see [MetadataQuorum#openTo]
/// @param channels the way to the others; `null` exactly when `server` is
/// @param address where the others reach `server`; `null` where they know it already
/// @param snapshotThreshold entries between two snapshots
public record QuorumConfig(
        Path dir,
        int nodeId,
        Group group,
        @Nullable PeerServer server,
        @Nullable PeerChannels channels,
        @Nullable PeerAddress address,
        int snapshotThreshold) {
    private static final int SNAPSHOT_THRESHOLD = 20_000;

    /// What a node is to belong to when it starts for the first time.
    public sealed interface Group {
        /// The cluster that the directory must belong to, or `null` to take what is there.
        @Nullable String clusterId();

        /// A quorum of one.
        ///
        /// @param clusterId `null` to draw one
        record Lone(@Nullable String clusterId) implements Group {}

        /// A quorum that begins with these voters, this node among them; each of them is told the
        /// same.
        record Founding(String clusterId, List<Member> voters) implements Group {
            public Founding {
                voters = List.copyOf(voters);
            }
        }

        /// A quorum that is there already. The node listens at first, see [Membership#add].
        ///
        /// @param members its voters
        record Joining(String clusterId, List<Member> members) implements Group {
            public Joining {
                members = List.copyOf(members);
            }
        }
    }

    /// A quorum of one that takes or draws its cluster id.
    public static QuorumConfig of(Path dir, int nodeId) {
        return new QuorumConfig(
                dir, nodeId, new Group.Lone(null), null, null, null, SNAPSHOT_THRESHOLD);
    }

    public QuorumConfig withClusterId(@Nullable String id) {
        return withGroup(new Group.Lone(id));
    }

    public QuorumConfig withGroup(Group belongsTo) {
        return new QuorumConfig(
                dir, nodeId, belongsTo, server, channels, address, snapshotThreshold);
    }

    /// With a port for other nodes. Who opened it closes it, after the quorum.
    public QuorumConfig withPeers(PeerServer opened, PeerChannels ways) {
        return new QuorumConfig(dir, nodeId, group, opened, ways, address, snapshotThreshold);
    }

    /// With the address under which the others reach the port: a node that comes back elsewhere is
    /// found there.
    public QuorumConfig withAddress(PeerAddress own) {
        return new QuorumConfig(dir, nodeId, group, server, channels, own, snapshotThreshold);
    }

    public QuorumConfig withSnapshotThreshold(int entries) {
        return new QuorumConfig(dir, nodeId, group, server, channels, address, entries);
    }
}
