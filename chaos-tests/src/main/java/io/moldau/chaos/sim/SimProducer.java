package io.moldau.chaos.sim;

import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.disk.Records;
import io.moldau.chaos.sim.disk.SimLog;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Violation;
import org.apache.kafka.common.Uuid;

/// A client that sends one record after the other, and each again until it is acknowledged. Some do
/// not care and send with `acks=1`.
final class SimProducer {
    private static final long TIMEOUT_MS = 300;

    private final int id;
    private final SimCluster cluster;
    private final Luck luck;
    private final int partition;
    private final boolean acksAll;
    private final long intervalMs;
    private int epoch;
    private long sequence;
    private int attempt;
    private boolean outstanding;
    private boolean stopped;

    SimProducer(int id, SimCluster cluster) {
        this.id = id;
        this.cluster = cluster;
        luck = new Luck(cluster.mix().seed(), 500 + id);
        partition = luck.below(cluster.mix().partitions());
        acksAll = id == 0 || luck.chance(0.6);
        intervalMs = luck.between(4, 40);
        next();
    }

    void stop() {
        stopped = true;
    }

    boolean isDone() {
        return stopped && !outstanding;
    }

    private void next() {
        if (!stopped) {
            sequence++;
            outstanding = acksAll;
            send();
            if (!acksAll) {
                cluster.timeline().in(luck.between(1, intervalMs * 2), this::next);
            }
        }
    }

    private void send() {
        int number = ++attempt;
        long record = Records.of(id + 1, epoch, sequence, acksAll);
        int leader = cluster.partition(partition).leader();
        boolean guesses = leader < 0 || luck.chance(0.1);
        var node = cluster.node(guesses ? 1 + luck.below(cluster.mix().nodes()) : leader);
        if (!cluster.network().strikes(Fault.DROP, 0.03)) {
            cluster.timeline().in(cluster.network().delayMs(), () -> request(node, record, number));
        }
        if (acksAll && cluster.network().strikes(Fault.DUPLICATE, 0.05)) {
            cluster.timeline().in(luck.between(1, 600), () -> request(node, record, number));
        }
        if (acksAll) {
            cluster.timeline().in(luck.between(TIMEOUT_MS / 2, TIMEOUT_MS), () -> retry(number));
        }
    }

    private void request(SimNode node, long record, int number) {
        node.deliver(
                node.life(),
                () -> {
                    var replica = node.replica(partition);
                    var topic = replica.topicId();
                    replica.produce(
                            record,
                            acksAll,
                            (done, offset) -> answer(node, topic, record, number, done, offset));
                });
    }

    private void answer(
            SimNode node, Uuid topic, long record, int number, boolean done, long offset) {
        if (cluster.network().strikes(Fault.DROP, 0.03)) {
            return;
        }
        cluster.timeline()
                .in(
                        cluster.network().delayMs(),
                        () -> {
                            if (done) {
                                acknowledged(topic, record, number, offset);
                            } else if (offset == SimLog.OUT_OF_ORDER && number == attempt) {
                                onOutOfOrder(node);
                            } else if (acksAll && number == attempt) {
                                cluster.timeline().in(luck.between(5, 40), () -> retry(number));
                            }
                        });
    }

    /// A leader that is none any more may not know the last record. One that is has lost it, or
    /// forgotten who sent it: then the producer takes a new epoch, as clients do.
    private void onOutOfOrder(SimNode node) {
        var leader = node.isAlive() ? node.replica(partition).leader() : null;
        var now = cluster.partition(partition);
        if (leader != null && leader.leaderEpoch() == now.leaderEpoch()) {
            if (!cluster.mix().forgetsProducers()) {
                throw new Violation(
                        "node %d does not know what producer %d sent before %d"
                                .formatted(node.id(), id, sequence));
            }
            epoch++;
            sequence = 1;
        }
        int number = attempt;
        cluster.timeline().in(luck.between(5, 40), () -> retry(number));
    }

    /// An answer to an earlier attempt is one as well.
    private void acknowledged(Uuid topic, long record, int number, long offset) {
        cluster.oracle().onAcknowledged(partition, topic, record, offset);
        boolean isThisOne =
                outstanding
                        && Records.epoch(record) == epoch
                        && Records.sequence(record) == sequence;
        if (isThisOne && number <= attempt) {
            outstanding = false;
            attempt++;
            cluster.timeline().in(luck.between(1, intervalMs * 2), this::next);
        }
    }

    private void retry(int number) {
        if (outstanding && number == attempt) {
            send();
        }
    }
}
