package io.moldau.broker.replication.stream;

import io.grpc.Channel;
import io.grpc.Status;
import io.moldau.broker.shard.Shard;
import io.moldau.proto.replication.Hello;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node follows at one other: the partitions, and the stream, dialled again as long as
/// there are any.
final class LeaderLink {
    private static final Logger LOGGER = LoggerFactory.getLogger(LeaderLink.class);
    private static final long FIRST_PAUSE_MS = 20;
    private static final long LONGEST_PAUSE_MS = 500;

    private final ReceivingSide side;
    private final int leaderId;
    private final Set<FollowedPartition> partitions = ConcurrentHashMap.newKeySet();
    private LeaderStream dialled;
    private long dialledEpoch;
    private volatile LeaderStream standing;
    private boolean waiting;
    private long pauseMs = FIRST_PAUSE_MS;

    LeaderLink(ReceivingSide side, int leaderId) {
        this.side = side;
        this.leaderId = leaderId;
    }

    int leaderId() {
        return leaderId;
    }

    Shard anyShard() {
        return side.anyShard();
    }

    /// On the partition's shard.
    void add(FollowedPartition partition) {
        partitions.add(partition);
        var stream = standing;
        if (stream == null) {
            dial();
        } else {
            partition.onConnected(stream);
        }
    }

    void remove(FollowedPartition partition) {
        partitions.remove(partition);
    }

    /// Something changed that may let a dial succeed which did not before.
    synchronized void hurry() {
        pauseMs = FIRST_PAUSE_MS;
        dial();
    }

    /// Ends a stream of an earlier registration of this node; the next one says who it is now.
    synchronized void renew() {
        if (dialled != null && dialledEpoch != side.nodeEpoch()) {
            pauseMs = FIRST_PAUSE_MS;
            dialled.cut();
        }
    }

    private synchronized void dial() {
        if (dialled != null || partitions.isEmpty() || side.isClosed()) {
            return;
        }
        Channel channel = side.channelTo(leaderId);
        long nodeEpoch = side.nodeEpoch();
        if (channel == null || nodeEpoch < 0) {
            dialLater();
            return;
        }
        dialledEpoch = nodeEpoch;
        dialled = new LeaderStream(this, side.nextSession(), channel);
        dialled.start(
                Hello.newBuilder()
                        .setClusterId(side.clusterId())
                        .setNodeId(side.nodeId())
                        .setLeaderId(leaderId)
                        .setNodeEpoch(nodeEpoch)
                        .build());
    }

    private synchronized void dialLater() {
        if (!waiting) {
            waiting = true;
            anyShard().schedule(pauseMs, this::dialNow);
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        }
    }

    private synchronized void dialNow() {
        waiting = false;
        dial();
    }

    void onStands(LeaderStream stream) {
        synchronized (this) {
            pauseMs = FIRST_PAUSE_MS;
            standing = stream;
        }
        tellAll(partition -> partition.onConnected(stream));
    }

    void onEnded(LeaderStream stream, Status why) {
        boolean stood;
        synchronized (this) {
            stood = stream.equals(standing);
            standing = null;
            dialled = null;
        }
        if (stood) {
            tellAll(partition -> partition.onDisconnected(stream));
        }
        if (side.isClosed()) {
            return;
        }
        LOGGER.atDebug()
                .addKeyValue("leader", leaderId)
                .addKeyValue("status", why)
                .log("replication stream ended");
        if (!partitions.isEmpty()) {
            dialLater();
        }
    }

    private void tellAll(Consumer<FollowedPartition> what) {
        var byShard = new IdentityHashMap<Shard, List<FollowedPartition>>();
        for (var partition : partitions) {
            byShard.computeIfAbsent(partition.shard(), _ -> new ArrayList<>()).add(partition);
        }
        byShard.forEach((shard, some) -> shard.offer(() -> some.forEach(what)));
    }

    synchronized void close() {
        if (dialled != null) {
            dialled.cut();
        }
    }
}
