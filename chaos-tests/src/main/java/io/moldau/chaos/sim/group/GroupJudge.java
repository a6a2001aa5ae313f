package io.moldau.chaos.sim.group;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimMetadata.DecisionListener;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Knows what coordinators made durable and what they told, and objects as soon as the two
/// contradict one another.
///
/// - A commit that was answered is in the metadata, and whoever reads afterwards reads it or a
///   later one.
/// - Within a generation committed offsets never go back; after a commit of a generation none of an
///   older one is taken.
/// - A partition has one owner in a generation.
/// - Generations only grow, as long as the group is not deleted, which only an empty one is. The
///   offsets of a group with members never expire.
/// - A member that heartbeats keeps its generation when another node takes its group over.
final class GroupJudge implements DecisionListener {
    private final SimCluster cluster;
    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private long acknowledged;
    private long takeovers;

    GroupJudge(SimCluster cluster, List<String> groups) {
        this.cluster = cluster;
        groups.forEach(group -> ledgers.put(group, new Ledger(cluster.mix().partitions())));
    }

    Set<String> groups() {
        return ledgers.keySet();
    }

    /// Commits that were answered.
    long acknowledged() {
        return acknowledged;
    }

    /// How often a node began to coordinate a group.
    long takeovers() {
        return takeovers;
    }

    // ---- what is decided ----

    @Override
    public void onDecided(MetadataCommand command, Outcome outcome, ClusterImage before) {
        if (outcome instanceof Outcome.Refused) {
            return;
        }
        if (command instanceof CommitOffsets commit) {
            onCommit(commit, before);
        } else if (command instanceof SaveGroup(var group, _)) {
            onSave(group, before.group(group.groupId()));
        } else if (command instanceof DeleteOffsets(var group, var topics, _)) {
            checkEmpty(group, before);
            topics.forEach(topic -> topic.partitions().forEach(ledgers.get(group)::forget));
        } else if (command instanceof DeleteGroup(var group, _)) {
            checkEmpty(group, before);
            ledgers.get(group).forgetAll();
            ledgers.get(group).owners.clear();
        } else if (command instanceof DeleteTopic(var topic)
                && Mix.TOPIC.equals(before.topicName(topic))) {
            ledgers.values().forEach(Ledger::forgetAll);
        }
    }

    private void onCommit(CommitOffsets command, ClusterImage image) {
        var ledger = ledgers.get(command.group());
        for (var topic : command.topics()) {
            if (image.topic(topic.topicId()) == null) {
                continue; // A former one; nothing is committed for it.
            }
            for (var partition : topic.partitions()) {
                var commit = Commit.of(partition.metadata());
                var last = ledger.last[partition.partition()];
                check(
                        last == null || commit.generation() >= last.generation(),
                        "group %s: partition %d is committed in generation %d after %s",
                        command.group(),
                        partition.partition(),
                        commit.generation(),
                        last);
                check(
                        last == null
                                || commit.generation() > last.generation()
                                || partition.offset() >= last.offset(),
                        "group %s: partition %d goes back to %d from %s",
                        command.group(),
                        partition.partition(),
                        partition.offset(),
                        last);
                ledger.write(partition.partition(), commit, partition.offset());
            }
        }
    }

    private static void onSave(GroupImage group, GroupImage before) {
        check(
                before == null || before.generation() <= group.generation(),
                "group %s goes back from generation %d to %d",
                group.groupId(),
                before == null ? 0 : before.generation(),
                group.generation());
    }

    private static void checkEmpty(String group, ClusterImage image) {
        var saved = image.group(group);
        check(
                saved == null || saved.members().isEmpty(),
                "group %s has members, and what it committed is deleted",
                group);
    }

    // ---- what is told ----

    /// A coordinator answers that a commit is durable.
    void onCommitted(String group, int partition, Commit commit, boolean topicIsGone) {
        acknowledged++;
        var ledger = ledgers.get(group);
        check(
                topicIsGone || ledger.orderOf(commit) >= 0,
                "group %s: the commit %s of partition %d is answered, and nowhere to be found",
                group,
                commit,
                partition);
        ledger.answered(partition, commit);
    }

    /// What whoever asks from now on must be told at least, by partition.
    long[] known(String group) {
        return ledgers.get(group).answered.clone();
    }

    /// A coordinator tells what a group has committed.
    ///
    /// @param known as it was when the question was sent
    void onRead(String group, long[] known, CommittedOffsets offsets) {
        var ledger = ledgers.get(group);
        for (int partition = 0; partition < known.length; partition++) {
            long least = known[partition];
            if (least < ledger.forgotten[partition]) {
                continue; // Nothing, or nothing any more.
            }
            var read = offsets.get(group, Mix.TOPIC, partition);
            long order = read == null ? -1 : ledger.orderOf(Commit.of(read.metadata()));
            check(
                    order >= least,
                    "group %s: %s is read for partition %d, and a later commit was answered",
                    group,
                    read,
                    partition);
        }
    }

    /// A coordinator tells a member what it owns.
    ///
    /// @param owner stays the same when a static member comes back under another id
    void onAssigned(
            SimNode node, int epoch, String group, int generation, String owner, byte[] assigned) {
        var seat = CoordinatorSeat.of(group, cluster.metadata().newest()).orElseThrow();
        if (seat.node() != node.id() || seat.epoch() != epoch) {
            return; // It has been succeeded, and what it tells is of the past.
        }
        for (byte partition : assigned) {
            var before =
                    ledgers.get(group).owners.putIfAbsent(generation * 1000L + partition, owner);
            check(
                    before == null || before.equals(owner),
                    "group %s, generation %d: partition %d is of %s and of %s",
                    group,
                    generation,
                    partition,
                    before,
                    owner);
        }
    }

    void onTakeover(String group, SimNode node, int epoch, GroupImage saved) {
        takeovers++;
        cluster.timeline()
                .note(
                        20,
                        node.id(),
                        epoch,
                        group.hashCode(),
                        () ->
                                "node %d coordinates %s in epoch %d, generation %s"
                                        .formatted(
                                                node.id(),
                                                group,
                                                epoch,
                                                saved == null ? "none" : saved.generation()));
    }

    /// A member was sent away. By a coordinator that took over a moment ago, and to whom nobody has
    /// come or gone, that may not happen: no session can have ended yet.
    void onSentAway(
            SimCoordinator.Reign reign,
            long nowMs,
            long shortestSessionMs,
            String group,
            String member,
            int generation) {
        var saved = cluster.metadata().newest().group(group);
        boolean wasThere =
                saved != null
                        && saved.generation() == generation
                        && saved.members().stream().anyMatch(m -> m.memberId().equals(member));
        boolean tooSoon = reign != null && reign.quiet && nowMs - reign.sinceMs < shortestSessionMs;
        check(
                !(wasThere && tooSoon),
                "group %s: the coordinator of epoch %d sends %s of generation %d away",
                group,
                reign == null ? -1 : reign.epoch,
                member,
                generation);
    }

    @FormatMethod
    private static void check(boolean holds, String message, Object... facts) {
        if (!holds) {
            throw new Violation(message.formatted(facts));
        }
    }

    /// The last commit of a partition.
    private record Written(int generation, long offset, long serial) {}

    /// One group. The order of commits is counted from 0 over its life.
    private static final class Ledger {
        final Written[] last;

        /// By partition: the order of the newest one that was answered; negative for none.
        final long[] answered;

        /// By partition: what was written before this is deleted.
        final long[] forgotten;

        final Map<Long, Long> orders = new LinkedHashMap<>();
        final Map<Long, String> owners = new LinkedHashMap<>();
        private long count;

        Ledger(int partitions) {
            last = new Written[partitions];
            answered = new long[partitions];
            forgotten = new long[partitions];
            forgetAll();
        }

        void write(int partition, Commit commit, long offset) {
            last[partition] = new Written(commit.generation(), offset, commit.serial());
            orders.put(commit.serial(), count++);
        }

        long orderOf(Commit commit) {
            return orders.getOrDefault(commit.serial(), -1L);
        }

        void answered(int partition, Commit commit) {
            long order = orderOf(commit);
            if (order >= forgotten[partition]) {
                answered[partition] = Math.max(answered[partition], order);
            }
        }

        void forget(int partition) {
            last[partition] = null;
            answered[partition] = -1;
            forgotten[partition] = count;
        }

        void forgetAll() {
            for (int partition = 0; partition < last.length; partition++) {
                forget(partition);
            }
        }
    }
}
