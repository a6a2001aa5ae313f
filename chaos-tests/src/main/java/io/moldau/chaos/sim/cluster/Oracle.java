package io.moldau.chaos.sim.cluster;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.chaos.sim.disk.Records;
import io.moldau.chaos.sim.disk.SimLog;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/// Knows what was ever committed, and objects as soon as something contradicts it.
///
/// - What was committed at an offset never changes, whoever says so.
/// - A new leader has all that was committed, and so has every replica that might be elected.
/// - No one cuts committed records away.
/// - The ISR is a part of the replicas; node epochs, leader epochs and partition epochs only grow.
/// - What a producer was told to be committed is, and once.
public final class Oracle {
    private final SimCluster cluster;
    private final List<Map<Long, Long>> acknowledged = new ArrayList<>();
    private final long[][] committed;
    private final int[][] epochs;
    private final int[] committedEnd;
    private final long[] deletedEnd;
    private final Uuid[] topics;
    private final int[] uncleanEpoch;
    private final boolean[] awaitsReign;
    private final Map<SimReplica, Long> checkedTo = new HashMap<>();
    private Consumer<ClusterImage> listener = _ -> {};
    private ClusterImage last;

    Oracle(SimCluster cluster, ClusterImage first) {
        this.cluster = cluster;
        last = first;
        int partitions = cluster.mix().logs();
        committed = new long[partitions][4096];
        epochs = new int[partitions][4096];
        committedEnd = new int[partitions];
        deletedEnd = new long[partitions];
        topics = new Uuid[partitions];
        uncleanEpoch = new int[partitions];
        awaitsReign = new boolean[partitions];
        for (int i = 0; i < partitions; i++) {
            acknowledged.add(new HashMap<>());
            begin(i, first.topic(cluster.topicOf(i)).id());
        }
    }

    long committedEnd(int partition) {
        return committedEnd[partition];
    }

    /// False for a replica of a former topic, or from before an unclean election: what it says and
    /// does is of no consequence.
    private boolean counts(SimReplica replica) {
        int partition = replica.partition();
        return replica.isOfToday()
                && !awaitsReign[partition]
                && replica.image().leaderEpoch() >= uncleanEpoch[partition];
    }

    /// A replica says that what it has below `offset` is committed.
    void onCommitted(SimReplica replica, long offset) {
        int partition = replica.partition();
        var log = replica.log();
        cluster.timeline()
                .note(
                        7,
                        replica.node().id(),
                        partition,
                        offset,
                        () ->
                                "node %d knows %d committed to %d"
                                        .formatted(replica.node().id(), partition, offset));
        check(
                offset <= log.logEndOffset(),
                "node %d says %d is committed and has %d",
                replica.node().id(),
                offset,
                log.logEndOffset());
        if (!counts(replica)) {
            return;
        }
        long from = Math.max(log.logStartOffset(), checkedTo.getOrDefault(replica, 0L));
        for (long at = Math.min(from, offset); at < offset; at++) {
            if (at >= log.logStartOffset()) {
                agree(replica, partition, (int) at);
            }
        }
        checkedTo.put(replica, offset);
        if (offset > committedEnd[partition]) {
            committedEnd[partition] = (int) offset;
            checkElectable(cluster.metadata().newest());
        }
    }

    private void agree(SimReplica replica, int partition, int at) {
        if (isBeyondJudgement(partition, at)) {
            return;
        }
        long record = replica.log().record(at);
        int epoch = replica.log().epoch(at);
        if (record == SimLog.ILLEGIBLE
                && at < committedEnd[partition]
                && committed[partition][at] != SimLog.ILLEGIBLE) {
            return; // Whoever wants it finds out, and asks another replica.
        }
        if (at >= committedEnd[partition] || committed[partition][at] == SimLog.ILLEGIBLE) {
            if (at >= committed[partition].length) {
                committed[partition] = Arrays.copyOf(committed[partition], at * 2);
                epochs[partition] = Arrays.copyOf(epochs[partition], at * 2);
            }
            committed[partition][at] = record;
            epochs[partition][at] = epoch;
            return;
        }
        check(
                committed[partition][at] == record && epochs[partition][at] == epoch,
                "offset %d of partition %d was %x and is %x on node %d",
                at,
                partition,
                committed[partition][at],
                record,
                replica.node().id());
    }

    /// Below the log start of a leader that was elected uncleanly nobody knows what it had.
    private boolean isBeyondJudgement(int partition, long at) {
        return uncleanEpoch[partition] > 0 && at < deletedEnd[partition];
    }

    /// A node begins to lead: it must have everything.
    void onReign(SimReplica replica) {
        int partition = replica.partition();
        boolean isNewest =
                replica.isOfToday()
                        && replica.image().leaderEpoch()
                                == cluster.partition(partition).leaderEpoch();
        if (isNewest && replica.isReturning() && cluster.mix().allowsUncleanElections()) {
            // It goes on with what it has left: nobody else was there to lead.
            uncleanEpoch[partition] = replica.image().leaderEpoch();
            awaitsReign[partition] = true;
        }
        if (isNewest && awaitsReign[partition]) {
            awaitsReign[partition] = false;
            forgetWhatIsGone(replica);
        }
        if (isNewest) {
            hasAll(replica, "leads");
        }
    }

    /// Somebody wants the records below `offset` to go.
    void onDeletion(SimReplica replica, long offset) {
        int partition = replica.partition();
        deletedEnd[partition] = Math.max(deletedEnd[partition], offset);
    }

    /// From here on the truth is what this leader has, whom nobody had to be asked about.
    private void forgetWhatIsGone(SimReplica leader) {
        int partition = leader.partition();
        var log = leader.log();
        int end = (int) Math.min(committedEnd[partition], log.logStartOffset());
        while (end < Math.min(committedEnd[partition], log.logEndOffset())
                && isThere(log, partition, end)) {
            end++;
        }
        int kept = end;
        committedEnd[partition] = kept;
        deletedEnd[partition] = Math.max(deletedEnd[partition], log.logStartOffset());
        acknowledged.get(partition).values().removeIf(offset -> offset >= kept);
        checkedTo.keySet().removeIf(replica -> replica.partition() == partition);
    }

    private boolean isThere(SimLog log, int partition, int at) {
        long record = log.record(at);
        return record == SimLog.ILLEGIBLE
                || (record == committed[partition][at] && log.epoch(at) == epochs[partition][at]);
    }

    private void hasAll(SimReplica replica, String why) {
        int partition = replica.partition();
        var log = replica.log();
        check(
                log.logStartOffset() <= deletedEnd[partition],
                "acknowledged record missing: node %d %s partition %d from %d on, deleted to %d",
                replica.node().id(),
                why,
                partition,
                log.logStartOffset(),
                deletedEnd[partition]);
        check(
                log.logEndOffset() >= committedEnd[partition],
                "acknowledged record missing: node %d %s partition %d with %d of %d committed",
                replica.node().id(),
                why,
                partition,
                log.logEndOffset(),
                committedEnd[partition]);
        for (int at = (int) log.logStartOffset(); at < committedEnd[partition]; at++) {
            agree(replica, partition, at);
        }
    }

    /// One that follows a leader of the past, and may not be elected, does no harm by what it cuts.
    void onTruncation(SimReplica replica, long offset) {
        int partition = replica.partition();
        var log = replica.log();
        var now = cluster.partition(partition);
        int id = replica.node().id();
        boolean matters =
                counts(replica)
                        && (replica.image().leaderEpoch() == now.leaderEpoch()
                                || now.isr().contains(id)
                                || now.elr().contains(id));
        long at = Math.max(offset, log.logStartOffset());
        boolean hasIt =
                matters
                        && at < Math.min(committedEnd[partition], log.logEndOffset())
                        && !isBeyondJudgement(partition, at)
                        && committed[partition][(int) at] == log.record(at)
                        && epochs[partition][(int) at] == log.epoch(at);
        check(
                !hasIt,
                "node %d cuts partition %d to %d, and %d is committed",
                replica.node().id(),
                partition,
                offset,
                committedEnd[partition]);
    }

    void onGap(SimReplica replica) {
        cluster.timeline()
                .note(
                        8,
                        replica.node().id(),
                        replica.partition(),
                        0,
                        () -> "node %d got what does not fit".formatted(replica.node().id()));
    }

    void onImage(ClusterImage image, MetadataCommand command) {
        for (int partition = 0; partition < cluster.mix().logs(); partition++) {
            onPartition(partition, image, command);
        }
        for (var node : image.nodes().values()) {
            var before = last.node(node.id());
            check(
                    before == null || before.nodeEpoch() <= node.nodeEpoch(),
                    "the epoch of node %d went back",
                    node.id());
        }
        last = image;
        checkElectable(image);
        listener.accept(image);
    }

    private void onPartition(int number, ClusterImage image, MetadataCommand command) {
        var topic = image.topic(cluster.topicOf(number));
        if (topic == null) {
            return; // Between two topics of that name.
        }
        var after = topic.partitions().get(cluster.numberOf(number));
        if (!topic.id().equals(topics[number])) {
            begin(number, topic.id());
        } else {
            var before = partition(last, number);
            check(
                    after.leaderEpoch() >= before.leaderEpoch()
                            && after.partitionEpoch() >= before.partitionEpoch(),
                    "epochs of partition %d went back",
                    number);
            onElection(number, before, after, command);
        }
        check(
                after.replicas().containsAll(after.isr()),
                "ISR %s is no part of %s",
                after.isr(),
                after.replicas());
    }

    /// A topic that nothing is known of yet.
    private void begin(int number, Uuid topic) {
        topics[number] = topic;
        committedEnd[number] = 0;
        deletedEnd[number] = 0;
        uncleanEpoch[number] = 0;
        awaitsReign[number] = false;
        acknowledged.get(number).clear();
        checkedTo.keySet().removeIf(replica -> replica.partition() == number);
    }

    private void onElection(
            int number, PartitionImage before, PartitionImage after, MetadataCommand command) {
        int leader = after.leader();
        // Whom the leader names in sync may succeed it at once.
        boolean named =
                command instanceof ChangeIsr change
                        && change.isr().stream().anyMatch(member -> member.nodeId() == leader);
        // And where nobody is left who has everything, the last leader comes closest (KIP-966).
        boolean last =
                before.lastKnownElr().contains(leader) && !cluster.mix().allowsUncleanElections();
        boolean unclean =
                leader != PartitionImage.NO_LEADER
                        && after.leaderEpoch() > before.leaderEpoch()
                        && !named
                        && !last
                        && !before.isr().contains(leader)
                        && !before.elr().contains(leader);
        if (unclean) {
            check(
                    cluster.mix().allowsUncleanElections(),
                    "node %d leads partition %d, and was neither in sync nor eligible",
                    leader,
                    number);
            uncleanEpoch[number] = after.leaderEpoch();
            awaitsReign[number] = true;
        }
    }

    /// @param imageListener hears of every new image, once it is judged
    public void listen(Consumer<ClusterImage> imageListener) {
        listener = imageListener;
    }

    /// The replica's disk may have changed under it.
    void onStart(SimReplica replica) {
        checkedTo.remove(replica);
    }

    private PartitionImage partition(ClusterImage image, int number) {
        return image.topic(topics[number]).partitions().get(cluster.numberOf(number));
    }

    /// Whoever is in sync or eligible, and alive in the life that the metadata knows.
    private void checkElectable(ClusterImage image) {
        for (int number = 0; number < cluster.mix().logs(); number++) {
            var topic = image.topic(cluster.topicOf(number));
            if (topic == null || awaitsReign[number]) {
                continue;
            }
            var partition = topic.partitions().get(cluster.numberOf(number));
            for (int id : partition.isr()) {
                checkElectable(image, id, number);
            }
            for (int id : partition.elr()) {
                checkElectable(image, id, number);
            }
        }
    }

    private void checkElectable(ClusterImage image, int id, int partition) {
        var node = cluster.node(id);
        var known = image.node(id);
        if (!node.isAlive() || known == null || !known.incarnation().equals(node.incarnation())) {
            return;
        }
        int end = committedEnd[partition];
        if (end == 0) {
            return;
        }
        var replica = node.replica(partition);
        if (replica.isWithdrawn()) {
            return; // It will not lead, whoever elects it.
        }
        check(
                replica.isOfToday(),
                "node %d may be elected for partition %d and does not know its topic",
                id,
                partition);
        var log = replica.log();
        check(
                log.logEndOffset() >= end,
                "node %d may be elected for partition %d with %d of %d committed",
                id,
                partition,
                log.logEndOffset(),
                end);
        if (end > log.logStartOffset()) {
            agree(replica, partition, end - 1);
        }
    }

    public void onAcknowledged(int partition, Uuid topic, long record, long offset) {
        cluster.timeline()
                .note(
                        9,
                        partition,
                        record,
                        offset,
                        () ->
                                "record %x of %d is acknowledged at %d"
                                        .formatted(record, partition, offset));
        boolean isThere =
                offset >= 0
                        && offset < committedEnd[partition]
                        && committed[partition][(int) offset] == record;
        boolean isForgiven =
                !topic.equals(topics[partition])
                        || (!isThere && cluster.mix().allowsUncleanElections());
        if (isForgiven) {
            return;
        }
        check(
                offset >= 0 && offset < committedEnd[partition],
                "record %x was acknowledged at %d, and %d is committed",
                record,
                offset,
                committedEnd[partition]);
        check(
                committed[partition][(int) offset] == record,
                "record %x was acknowledged at %d, where %x is",
                record,
                offset,
                committed[partition][(int) offset]);
        acknowledged.get(partition).put(record, offset);
    }

    public int acknowledgedRecords() {
        int count = 0;
        for (var records : acknowledged) {
            count += records.size();
        }
        return count;
    }

    /// At the end: every record once, the acknowledged ones where they were said to be.
    public void checkOnce(SimReplica leader) {
        int partition = leader.partition();
        var seen = new HashMap<Long, Long>();
        for (long at = 0; at < committedEnd[partition]; at++) {
            long record = committed[partition][(int) at];
            var before = seen.put(record, at);
            check(
                    before == null || !mayBeOnceOnly(record),
                    "record %x is at %d and at %d of partition %d",
                    record,
                    before,
                    at,
                    partition);
        }
        acknowledged
                .get(partition)
                .forEach((record, offset) ->
                        check(
                                committed[partition][offset.intValue()] == record,
                                "acknowledged record missing: %x at %d",
                                record,
                                offset));
    }

    /// What the log holds is what was written to it.
    public void checkDisk(SimReplica replica) {
        var flaw = replica.log().flaw();
        check(
                flaw == null,
                "node %d, partition %d: on disk %s",
                replica.node().id(),
                replica.partition(),
                flaw);
    }

    private boolean mayBeOnceOnly(long record) {
        return Records.isIdempotent(record) && !cluster.mix().forgetsProducers();
    }

    @FormatMethod
    private static void check(boolean holds, String message, Object... facts) {
        if (!holds) {
            throw new Violation(message.formatted(facts));
        }
    }
}
