package io.moldau.metadata;

import static io.moldau.metadata.PartitionImage.NO_LEADER;

import io.moldau.metadata.placement.LeaderChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One partition's way from one state to the next. What is asked for is noted first; [#done()] then
/// ends a reassignment that has reached its target, chooses the leader, and keeps account of who
/// remains eligible.
///
/// Whatever is asked for, afterwards: the ISR is part of the replicas, without fenced nodes; the
/// leader is in the ISR and alive, or there is none; no one is both in sync and eligible.
///
/// Source: KIP-966 (eligible leader replicas), KIP-455 (reassignment).
final class PartitionChange {
    private final PartitionImage before;
    private final PartitionRules rules;
    private final Set<Integer> notEligible = new HashSet<>();
    private List<Integer> replicas;
    private List<Integer> isr;
    private List<Integer> adding;
    private List<Integer> removing;
    private List<Integer> elr;
    private List<Integer> lastLeader;
    private int leader;
    private int preferred = NO_LEADER;
    private int failed = NO_LEADER;
    private boolean unclean;
    private boolean newReign;
    private boolean renewed;

    PartitionChange(PartitionImage before, PartitionRules rules) {
        this.before = before;
        this.rules = rules;
        this.unclean = rules.uncleanElections();
        replicas = before.replicas();
        isr = before.isr();
        adding = before.addingReplicas();
        removing = before.removingReplicas();
        elr = before.elr();
        lastLeader = before.lastKnownElr();
        leader = before.leader();
    }

    /// Gives the partition a new epoch even if they are members already, so that whatever was asked
    /// for in the old one is settled.
    PartitionChange isr(List<Integer> members) {
        isr = members;
        renewed = true;
        return this;
    }

    /// The node has gone; what it holds is there still.
    PartitionChange without(int nodeId) {
        isr = minus(isr, nodeId);
        newReign |= before.leader() == nodeId;
        return this;
    }

    /// The node may have lost the end of its log.
    PartitionChange withoutUnclean(int nodeId) {
        notEligible.add(nodeId);
        return without(nodeId);
    }

    /// The node has lost its log. Where it was the only replica, nothing better can ever come.
    PartitionChange withoutLost(int nodeId) {
        if (replicas.size() > 1) {
            lastLeader = minus(lastLeader, nodeId);
            leader = leader == nodeId ? NO_LEADER : leader;
        }
        return withoutUnclean(nodeId);
    }

    /// The node cannot use its log for now, and yields to whoever else may lead. Where nobody may
    /// it goes on, in a new epoch: what is left of its log is the truth then.
    ///
    /// @param lost whether the end of the log may be gone
    PartitionChange withoutFailed(int nodeId, boolean lost) {
        failed = nodeId;
        return lost ? withoutUnclean(nodeId) : without(nodeId);
    }

    /// Whatever replicas have told their leader so far counts no more.
    PartitionChange inNewReign() {
        newReign = true;
        return this;
    }

    /// `nodeId` is to lead, if it is in sync.
    PartitionChange preferring(int nodeId) {
        preferred = nodeId;
        return this;
    }

    /// Any live replica may lead, if no eligible one is there.
    PartitionChange uncleanly() {
        unclean = true;
        return this;
    }

    PartitionChange reassign(
            List<Integer> all, List<Integer> nowAdding, List<Integer> nowRemoving) {
        replicas = all;
        adding = nowAdding;
        removing = nowRemoving;
        isr = within(isr, all);
        return this;
    }

    /// The next state; the very same one if nothing changes.
    PartitionImage done() {
        leaveToOthers();
        endReassignment();
        keepEligible();
        int chosen = choose();
        lastLeader = chosen == NO_LEADER ? last() : List.of();
        if (chosen == before.leader() && !newReign && !renewed && sameAsBefore()) {
            return before;
        }
        boolean replicaLeft = !replicas.containsAll(before.replicas());
        boolean fresh = chosen != before.leader() || newReign || replicaLeft;
        return new PartitionImage(
                chosen,
                before.leaderEpoch() + (fresh ? 1 : 0),
                before.partitionEpoch() + 1,
                replicas,
                isr.equals(replicas) ? replicas : List.copyOf(isr),
                List.copyOf(elr),
                List.copyOf(lastLeader),
                List.copyOf(adding),
                List.copyOf(removing));
    }

    private boolean sameAsBefore() {
        return replicas.equals(before.replicas())
                && isr.equals(before.isr())
                && elr.equals(before.elr())
                && lastLeader.equals(before.lastKnownElr())
                && adding.equals(before.addingReplicas())
                && removing.equals(before.removingReplicas());
    }

    /// A node that is about to stop stays only where no one else is in sync.
    private void leaveToOthers() {
        var staying = new ArrayList<Integer>(isr.size());
        for (int id : isr) {
            if (rules.eligible(id)) {
                staying.add(id);
            }
        }
        if (!staying.isEmpty() && staying.size() < isr.size()) {
            isr = staying;
        } else if (staying.isEmpty()) {
            isr = isr.stream().filter(rules::live).toList();
        }
    }

    /// The move is over once all that were to come are in sync, and enough of the target is for the
    /// high watermark to go on.
    private void endReassignment() {
        if ((adding.isEmpty() && removing.isEmpty()) || !isr.containsAll(adding)) {
            return;
        }
        var target = new ArrayList<>(replicas);
        target.removeAll(removing);
        var staying = within(isr, target);
        if (staying.size() >= Math.min(rules.minIsr(), target.size())) {
            replicas = List.copyOf(target);
            isr = staying;
            adding = List.of();
            removing = List.of();
        }
    }

    /// While fewer than `min.insync.replicas` are in sync nothing more is committed, so that those
    /// who leave then hold all that was. Once enough are, only they do.
    private void keepEligible() {
        if (isr.size() >= Math.min(rules.minIsr(), replicas.size())) {
            elr = List.of();
            return;
        }
        var eligible = new ArrayList<Integer>();
        for (int id : replicas) {
            boolean was = before.elr().contains(id) || before.isr().contains(id);
            if (was && !isr.contains(id) && !notEligible.contains(id)) {
                eligible.add(id);
            }
        }
        elr = eligible;
    }

    private int choose() {
        if (preferred != NO_LEADER && isr.contains(preferred) && mayLead(preferred)) {
            return preferred;
        }
        if (isr.contains(before.leader()) && rules.live(before.leader())) {
            return before.leader();
        }
        var inSync = LeaderChoice.leader(replicas, isr, this::mayLead);
        if (inSync.isPresent()) {
            return inSync.getAsInt();
        }
        isr = List.of(); // Whoever is left there is about to stop and did not lead.
        keepEligible();
        var eligible = LeaderChoice.leader(replicas, elr, this::mayLead);
        if (eligible.isPresent()) {
            return startingWith(eligible.getAsInt());
        }
        var last = last();
        if (elr.isEmpty() && !last.isEmpty() && mayLead(last.getFirst())) {
            return startingWith(last.getFirst());
        }
        var any = LeaderChoice.leader(replicas, replicas, this::mayLead);
        if (unclean && any.isPresent()) {
            elr = List.of(); // Its log is the truth from now on, whatever others had.
            return startingWith(any.getAsInt());
        }
        boolean nobodyHasMore = elr.isEmpty() || elr.contains(failed);
        return failed == before.leader() && rules.live(failed) && nobodyHasMore
                ? startingWith(failed)
                : NO_LEADER;
    }

    private boolean mayLead(int nodeId) {
        return nodeId != failed && rules.eligible(nodeId);
    }

    private int startingWith(int nodeId) {
        isr = List.of(nodeId);
        elr =
                isr.size() >= Math.min(rules.minIsr(), replicas.size())
                        ? List.of()
                        : minus(elr, nodeId);
        return nodeId;
    }

    /// Who led last, in so far as there is something left of its log, and it is a replica still.
    private List<Integer> last() {
        return within(leader == NO_LEADER ? lastLeader : List.of(leader), replicas);
    }

    private static List<Integer> minus(List<Integer> ids, int gone) {
        return ids.contains(gone) ? ids.stream().filter(id -> id != gone).toList() : ids;
    }

    private static List<Integer> within(List<Integer> ids, List<Integer> allowed) {
        return allowed.containsAll(ids) ? ids : ids.stream().filter(allowed::contains).toList();
    }
}
