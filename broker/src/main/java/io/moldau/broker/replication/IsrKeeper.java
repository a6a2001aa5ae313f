package io.moldau.broker.replication;

import io.moldau.broker.replication.LeaderEffect.ProposeIsr;
import io.moldau.broker.replication.LeaderEvent.FollowerOpened;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.List;

/// What the leader knows of its ISR, and what it asks for.
///
/// One proposal is under way at a time. The partition epoch guards each of them: it dies with the
/// epoch that it names. Until that is over, every proposal made in it may come true, even one that
/// was refused, for an older copy of it may still arrive; hence whoever was proposed counts as a
/// member until the epoch rises. After a proposal that came to nothing, the next one raises the
/// epoch, if only by naming the ISR as it is.
class IsrKeeper {
    private static final long NONE = -1;

    private final int nodeId;
    private final ReplicationSettings settings;
    private PartitionImage image;
    private NodeEpochs nodes = _ -> NodeEpochs.NOT_ELIGIBLE;
    private int minIsr = Integer.MAX_VALUE;

    private long lastProposalId;
    private long pendingId = NONE;
    private long pendingSinceMs;
    private long notBeforeMs = Long.MIN_VALUE;
    private boolean unsettled;

    IsrKeeper(int nodeId, ReplicationSettings settings, PartitionImage image) {
        this.nodeId = nodeId;
        this.settings = settings;
        this.image = image;
    }

    /// Returns whether the image is a newer one: then all proposals are settled.
    boolean onImage(PartitionImage newImage) {
        if (newImage.partitionEpoch() <= image.partitionEpoch()) {
            return false;
        }
        image = newImage;
        pendingId = NONE;
        unsettled = false;
        notBeforeMs = Long.MIN_VALUE;
        return true;
    }

    void nodes(NodeEpochs newNodes, int newMinIsr) {
        nodes = newNodes;
        minIsr = newMinIsr;
    }

    boolean hasEnough() {
        return image.isr().size() >= Math.min(minIsr, image.replicas().size());
    }

    boolean isInElr(int node) {
        return image.elr().contains(node);
    }

    /// True if the node has registered anew since it sent this.
    boolean isStale(FollowerOpened event) {
        return event.nodeEpoch() < nodes.epochOf(event.node());
    }

    /// An accepted one stays under way until the image shows it.
    void onDecided(long proposalId, boolean accepted, long nowMs) {
        if (proposalId == pendingId && !accepted) {
            giveUp(nowMs);
        }
    }

    private void giveUp(long nowMs) {
        pendingId = NONE;
        unsettled = true;
        notBeforeMs = nowMs + settings.retryMs();
    }

    /// The change to ask for now; null when there is none, or another one is under way.
    ProposeIsr proposal(LeaderReplica leader, FollowerProgress[] followers, long nowMs) {
        if (pendingId != NONE && nowMs - pendingSinceMs > settings.answerTimeoutMs()) {
            giveUp(nowMs);
        }
        if (pendingId != NONE || nowMs < notBeforeMs) {
            return null;
        }
        if (!differs(leader, followers, nowMs) && !unsettled) {
            return null;
        }
        long own = nodes.epochOf(nodeId);
        return own == NodeEpochs.NOT_ELIGIBLE ? null : propose(own, leader, followers, nowMs);
    }

    private boolean differs(LeaderReplica leader, FollowerProgress[] followers, long nowMs) {
        boolean differs = false;
        for (var follower : followers) {
            differs |= belongs(leader, follower, nowMs) != follower.inIsr();
        }
        return differs;
    }

    private boolean belongs(LeaderReplica leader, FollowerProgress follower, long nowMs) {
        long epoch = nodes.epochOf(follower.node);
        if (epoch == NodeEpochs.NOT_ELIGIBLE) {
            return false;
        }
        if (follower.inIsr()) {
            return leader.staysInSync(follower, nowMs);
        }
        // One that is too slow to stay would leave again at once.
        return leader.isInThatLife(follower, epoch)
                && leader.mayJoin(follower)
                && leader.keepsUp(follower, nowMs);
    }

    private ProposeIsr propose(
            long ownEpoch, LeaderReplica leader, FollowerProgress[] followers, long nowMs) {
        var members = new ArrayList<IsrMember>(followers.length + 1);
        for (int node : image.replicas()) {
            if (node == nodeId) {
                members.add(new IsrMember(nodeId, ownEpoch));
                continue;
            }
            for (var follower : followers) {
                if (follower.node == node && belongs(leader, follower, nowMs)) {
                    members.add(new IsrMember(node, nodes.epochOf(node)));
                    follower.onProposed();
                }
            }
        }
        pendingId = ++lastProposalId;
        pendingSinceMs = nowMs;
        return new ProposeIsr(
                pendingId, image.leaderEpoch(), image.partitionEpoch(), List.copyOf(members));
    }
}
