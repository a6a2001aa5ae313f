package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.quorum.controller.ControllerEffect.Promote;
import io.moldau.quorum.controller.ControllerEffect.Remove;
import io.moldau.quorum.controller.ControllerEvent.Member;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// Keeps the quorum at three voters, or five where there are five nodes: nodes that join vote as
/// they are needed, and one that was away for too long makes room for another.
///
/// Two nodes have one voter: two would both have to live for anything to be decided. One change at
/// a time, and none that the living could not carry. Whose vote an operator took is not asked
/// again.
final class VoterKeeping {
    private static final int VOTERS = 3;
    private static final int VOTERS_OF_MANY = 5;
    private static final long RETRY_MS = 5_000;

    private final int self;
    private final ControllerSettings settings;
    private final Map<Member, Long> awaySinceMs = new HashMap<>();
    private final Set<Member> registered = new HashSet<>();
    private Membership membership = Membership.NONE;
    private long busyUntilMs = Long.MIN_VALUE;

    VoterKeeping(int self, ControllerSettings settings) {
        this.self = self;
        this.settings = settings;
    }

    void membership(Membership now, ClusterImage image) {
        if (!now.equals(membership)) {
            busyUntilMs = Long.MIN_VALUE; // One that failed is tried again later.
        }
        membership = now;
        noteRegistered(image);
    }

    private void noteRegistered(ClusterImage image) {
        registered.retainAll(membership.voters());
        membership.voters().stream()
                .filter(voter -> isRegistered(voter, image))
                .forEach(registered::add);
    }

    private static boolean isRegistered(Member member, ClusterImage image) {
        var node = image.node(member.nodeId());
        return node != null && node.directoryId().equals(member.directoryId());
    }

    void tick(ClusterImage image, IntPredicate lives, long nowMs, List<ControllerEffect> effects) {
        noteAbsence(image, lives, nowMs);
        if (nowMs < busyUntilMs) {
            return;
        }
        var change = change(image, lives, nowMs);
        if (change.isPresent()) {
            effects.add(change.get());
            busyUntilMs = nowMs + RETRY_MS;
        }
    }

    private void noteAbsence(ClusterImage image, IntPredicate lives, long nowMs) {
        awaySinceMs.keySet().retainAll(membership.voters());
        noteRegistered(image);
        for (var voter : membership.voters()) {
            if (isAlive(voter, image, lives)) {
                awaySinceMs.remove(voter);
            } else {
                awaySinceMs.putIfAbsent(voter, nowMs);
            }
        }
    }

    private boolean isAlive(Member member, ClusterImage image, IntPredicate lives) {
        return member.nodeId() == self
                || (isRegistered(member, image) && lives.test(member.nodeId()));
    }

    private Optional<ControllerEffect> change(ClusterImage image, IntPredicate lives, long nowMs) {
        var ready = sorted(membership.listeners(), member -> isReady(member, image, lives));
        var gone = sorted(membership.voters(), voter -> isGone(voter, image, nowMs));
        int voters = membership.voters().size();
        int alive = voters - awaySinceMs.size();
        int lasting = voters - gone.size();

        if (lasting < wanted(image, lasting + ready.size()) && isMajority(alive + 1, voters + 1)) {
            return Optional.of(new Promote(ready.getFirst()));
        }
        // Fewer voters help only if an odd number is left.
        var removable =
                lasting >= VOTERS && lasting % 2 == 1
                        ? gone
                        : sorted(gone, voter -> isOut(voter, image));
        return !removable.isEmpty() && isMajority(alive, voters - 1)
                ? Optional.of(new Remove(removable.getFirst()))
                : Optional.empty();
    }

    private static List<Member> sorted(List<Member> members, Predicate<Member> which) {
        return members.stream()
                .filter(which)
                .sorted(Comparator.comparingInt(Member::nodeId))
                .toList();
    }

    /// The highest odd number that the cluster is large enough for.
    private static int wanted(ClusterImage image, int possible) {
        long living = image.nodes().values().stream().filter(NodeImage::eligible).count();
        int most = Math.min(possible, living >= VOTERS_OF_MANY ? VOTERS_OF_MANY : VOTERS);
        return most % 2 == 0 ? most - 1 : most;
    }

    private boolean isReady(Member listener, ClusterImage image, IntPredicate lives) {
        var node = image.node(listener.nodeId());
        return isAlive(listener, image, lives)
                && node != null
                && node.eligible()
                && !node.observerOnly();
    }

    private boolean isGone(Member voter, ClusterImage image, long nowMs) {
        var since = awaySinceMs.get(voter);
        return since != null
                && (nowMs - since >= settings.replaceVoterAfterMs() || isOut(voter, image));
    }

    /// It will not come back: the cluster has forgotten the node, or knows it with another disk by
    /// now. A voter that has not registered yet, be it a founding one or one that comes instead of
    /// a lost disk, is neither, and gets the time that all get.
    private boolean isOut(Member voter, ClusterImage image) {
        return registered.contains(voter) && !isRegistered(voter, image);
    }

    private static boolean isMajority(int alive, int of) {
        return alive > of / 2;
    }
}
