package io.moldau.broker.replication.stream;

import io.moldau.broker.shard.Shard;
import io.moldau.proto.replication.Update;
import java.nio.ByteBuffer;

/// A partition of the follower's node, as its link to the leader's node sees it. Everything is
/// called on its shard.
public interface FollowedPartition {
    /// Any thread.
    Shard shard();

    /// A stream to the leader's node stands: the partition may open itself on it.
    void onConnected(LeaderStream stream);

    /// The stream broke. What it brought before was delivered before.
    void onDisconnected(LeaderStream stream);

    /// @param handle the one that the partition got when it opened itself
    /// @param records good until this returns
    void onUpdate(LeaderStream stream, int handle, Update update, ByteBuffer records);

    /// An update was not taken because of a mistake here: what follows would leave a gap.
    void onMissed(LeaderStream stream, int handle, RuntimeException cause);
}
