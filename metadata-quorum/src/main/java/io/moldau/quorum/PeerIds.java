package io.moldau.quorum;

import org.apache.kafka.common.Uuid;
import org.apache.ratis.protocol.RaftPeerId;

/// A peer's id in the quorum: `<node id>@<directory id>`. A node that lost its disk, and with it
/// its vote and its log, is another peer.
final class PeerIds {
    private PeerIds() {}

    static RaftPeerId of(int nodeId, Uuid directoryId) {
        return RaftPeerId.valueOf(nodeId + "@" + directoryId);
    }

    static int nodeId(RaftPeerId id) {
        var text = id.toString();
        return Integer.parseInt(text.substring(0, text.indexOf('@')));
    }

    static Uuid directoryId(RaftPeerId id) {
        var text = id.toString();
        return Uuid.fromString(text.substring(text.indexOf('@') + 1));
    }
}
