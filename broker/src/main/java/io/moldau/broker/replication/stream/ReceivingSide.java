package io.moldau.broker.replication.stream;

import io.grpc.Channel;
import io.moldau.broker.shard.Shards;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a node does as a follower: one link to each node that leads something it keeps.
public final class ReceivingSide implements AutoCloseable {
    /// The connection to a node; null while nobody knows where it is.
    @FunctionalInterface
    public interface Dialler {
        @Nullable Channel to(int nodeId);
    }

    private final int nodeId;
    private final String clusterId;
    private final LongSupplier nodeEpoch;
    private final Dialler dialler;
    private final Shards shards;
    private final AtomicLong sessions = new AtomicLong();
    private final Map<Integer, LeaderLink> links = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// @param nodeEpoch of this node's own registration; -1 before it has one, and nothing is
    ///   followed until then
    public ReceivingSide(
            int nodeId, String clusterId, LongSupplier nodeEpoch, Dialler dialler, Shards shards) {
        this.nodeId = nodeId;
        this.clusterId = clusterId;
        this.nodeEpoch = nodeEpoch;
        this.dialler = dialler;
        this.shards = shards;
    }

    /// From now on `partition` is told of streams to that node. On its shard.
    public void follow(int leaderId, FollowedPartition partition) {
        links.computeIfAbsent(leaderId, id -> new LeaderLink(this, id)).add(partition);
    }

    /// On the partition's shard, which has closed what it opened.
    public void unfollow(int leaderId, FollowedPartition partition) {
        var link = links.get(leaderId);
        if (link != null) {
            link.remove(partition);
        }
    }

    /// That node registered, or moved: it is worth trying at once.
    public void hurry(int leaderId) {
        var link = links.get(leaderId);
        if (link != null) {
            link.hurry();
        }
    }

    /// This node may have registered anew: streams of its former epoch are of no use.
    public void renew() {
        links.values().forEach(LeaderLink::renew);
    }

    int nodeId() {
        return nodeId;
    }

    String clusterId() {
        return clusterId;
    }

    long nodeEpoch() {
        return nodeEpoch.getAsLong();
    }

    @Nullable Channel channelTo(int leaderId) {
        return dialler.to(leaderId);
    }

    long nextSession() {
        return sessions.incrementAndGet();
    }

    io.moldau.broker.shard.Shard anyShard() {
        return shards.all().getFirst();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        links.values().forEach(LeaderLink::close);
    }
}
