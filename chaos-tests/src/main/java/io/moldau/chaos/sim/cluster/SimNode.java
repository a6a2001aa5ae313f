package io.moldau.chaos.sim.cluster;

import io.moldau.broker.replication.NodeEpochs;
import io.moldau.chaos.sim.disk.SimStore;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.env.DiskTrouble;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.Outcome;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// A process and its disk. The process may die and come back; the disk stays.
public final class SimNode {
    private static final long TICK_MS = 40;
    private static final ConfigResource ORDERS =
            new ConfigResource(ConfigResource.Type.TOPIC, Mix.TOPIC);
    private static final ConfigResource GROUPS =
            new ConfigResource(ConfigResource.Type.TOPIC, Mix.GROUPS_TOPIC);

    private final int id;
    private final SimCluster cluster;
    private final Luck luck;
    private final List<SimReplica> replicas = new ArrayList<>();
    private final double lateness;
    private final SimStore store;

    private long life;
    private boolean alive;
    private long pausedUntilMs;
    private long slowDiskUntilMs;
    private boolean isolated;
    private double clockRate = 1;
    private long clockOffsetMs;

    private Uuid incarnation = Uuid.ZERO_UUID;
    private Uuid directoryId;
    private boolean clean = true;
    private boolean shuttingDown;
    private Runnable whenStoppable;
    private boolean machineGone;
    private SimSession session;
    private CommandQueue commands;
    private NodePart part = NodePart.NONE;
    private long nodeEpoch = -1;
    private int applied;

    SimNode(int id, SimCluster cluster, Mix mix) {
        this.id = id;
        this.cluster = cluster;
        luck = new Luck(mix.seed(), 100 + id);
        lateness = luck.chance(0.3) ? 0.5 : 0.05;
        directoryId = new Uuid(id, 1);
        store = cluster.newStore(this);
        for (int partition = 0; partition < mix.logs(); partition++) {
            replicas.add(new SimReplica(this, partition, cluster));
        }
    }

    /// From now on it runs this as well.
    public void attach(NodePart another) {
        part = another;
        part.onStart();
    }

    /// A command that is decided once and in its turn; the reply is `null` when nobody knows what
    /// became of it.
    public void submitInTurn(MetadataCommand command, Consumer<Outcome> reply) {
        commands.submit(command, reply);
    }

    /// Runs `reply` once this node has applied all that anybody was answered so far; it is given
    /// `null` if that takes too long.
    public void catchUp(Consumer<Outcome> reply) {
        commands.submit(null, reply);
    }

    public int id() {
        return id;
    }

    public long life() {
        return life;
    }

    public boolean isAlive() {
        return alive;
    }

    public boolean lives(long aLife) {
        return alive && life == aLife;
    }

    double lateness() {
        return lateness;
    }

    boolean isIsolated() {
        return isolated;
    }

    public void isolated(boolean isIsolated) {
        isolated = isIsolated;
    }

    public long nodeEpoch() {
        return nodeEpoch;
    }

    public Uuid incarnation() {
        return incarnation;
    }

    public SimStore store() {
        return store;
    }

    public SimReplica replica(int partition) {
        return replicas.get(partition);
    }

    /// What its own clock says.
    public long nowMs() {
        return 1_000_000 + clockOffsetMs + (long) (cluster.timeline().nowMs() * clockRate);
    }

    public void clock(double rate, long offsetMs) {
        long before = nowMs();
        clockRate = rate;
        clockOffsetMs = 0;
        // A monotonic clock never goes back.
        clockOffsetMs = Math.max(0, before - nowMs()) + offsetMs;
    }

    /// How long it takes until the node's clock has moved on by so much.
    public long trueMs(long ms) {
        return (long) Math.ceil(ms / clockRate);
    }

    public void pause(long ms) {
        pausedUntilMs = Math.max(pausedUntilMs, cluster.timeline().nowMs() + ms);
    }

    public void resume() {
        pausedUntilMs = 0;
        slowDiskUntilMs = 0;
    }

    /// Syncs take long from now on.
    public void slowDisk(long ms) {
        slowDiskUntilMs = Math.max(slowDiskUntilMs, cluster.timeline().nowMs() + ms);
    }

    boolean hasSlowDisk() {
        return slowDiskUntilMs > cluster.timeline().nowMs();
    }

    long pausedForMs() {
        return Math.max(0, pausedUntilMs - cluster.timeline().nowMs());
    }

    /// Has the process do something, once it is awake; never, if it is another process by then.
    public void deliver(long inLife, Runnable action) {
        if (!lives(inLife)) {
            return;
        }
        long waitMs = pausedForMs();
        if (waitMs > 0) {
            cluster.timeline().in(waitMs, () -> deliver(inLife, action));
        } else {
            action.run();
        }
    }

    public void start() {
        alive = true;
        shuttingDown = false;
        whenStoppable = null;
        machineGone = false;
        life++;
        nodeEpoch = -1;
        pausedUntilMs = 0;
        incarnation = new Uuid(id, 1000 + life);
        cluster.timeline().note(2, id, life, 0, () -> "node %d starts".formatted(id));
        commands = new CommandQueue(this, cluster);
        if (!hasStore()) {
            return;
        }
        replicas.forEach(SimReplica::onStart);
        part.onStart();
        register(life);
        tick(life);
        session = new SimSession(this, cluster, luck);
        session.start();
    }

    /// A process whose disk lets it not even start ends, and is started again.
    private boolean hasStore() {
        try {
            store.start();
            return true;
        } catch (UncheckedIOException refused) {
            alive = false;
            store.kill();
            cluster.timeline()
                    .in(
                            100,
                            () -> {
                                if (!alive) {
                                    start();
                                }
                            });
            return false;
        }
    }

    /// The cluster does not know this life any more.
    void registerAgain(long inLife) {
        register(inLife);
    }

    private void register(long inLife) {
        var known = cluster.metadata().image(applied).node(id);
        var command =
                new RegisterNode(
                        id,
                        incarnation,
                        directoryId,
                        List.of(),
                        new NodeAddress("127.0.0.1", 9094 + id),
                        null,
                        ClusterImage.FEATURE_LEVEL,
                        known == null ? -1 : known.nodeEpoch(),
                        clean || !cluster.rules().tellsOfUncleanStops());
        cluster.metadata().submit(this, command, outcome -> onRegistered(inLife, outcome));
    }

    private void onRegistered(long inLife, Outcome outcome) {
        if (outcome instanceof Outcome.NodeRegistered(var epoch)) {
            nodeEpoch = epoch;
            follow();
            part.onRegistered();
        } else {
            cluster.timeline().in(50, () -> deliver(inLife, () -> register(inLife)));
        }
    }

    private void tick(long inLife) {
        deliver(inLife, this::onTick);
        if (lives(inLife)) {
            cluster.timeline().in(TICK_MS + luck.below(10), () -> tick(inLife));
        }
    }

    private void onTick() {
        replicas.forEach(SimReplica::onTick);
        try {
            store.onTick(luck);
        } catch (UncheckedIOException refused) {
            cluster.timeline()
                    .note(14, id, 0, 0, () -> "node %d writes no checkpoint".formatted(id));
        }
    }

    /// The process ends. What is on its way to it is lost.
    private void stop() {
        alive = false;
        clean &= replicas.stream().noneMatch(SimReplica::hidesLoss);
        cluster.timeline().note(3, id, life, 0, () -> "node %d stops".formatted(id));
        replicas.forEach(SimReplica::onStop);
        part.onStop();
        cluster.breakStreamsOf(this);
    }

    public void kill() {
        stop();
        clean |= cluster.rules().forgetsUncleanStopsTooEarly();
        // Nothing is lost, and a node can tell that its machine was up all the time: still clean.
        session.onProcessGone();
        store.kill();
    }

    public void stopInOrder() {
        part.onClose();
        stop();
        clean |= cluster.rules().forgetsUncleanStopsTooEarly();
        session.onProcessGone();
        try {
            store.close();
        } catch (UncheckedIOException refused) {
            clean &= DiskTrouble.of(refused) != DiskTrouble.FAILED; // Then it is as after a kill.
            store.kill();
        }
    }

    public void losePower() {
        machineGone = true;
        stop();
        clean = false;
        store.losePower(luck);
    }

    public void damage() {
        stop();
        clean = false;
        store.damage(luck);
    }

    public void loseDisk() {
        stop();
        clean = false;
        directoryId = new Uuid(id, 1 + life);
        store.replace();
    }

    /// @param stop is run once everything that this node leads has other leaders
    public void beginShutdown(Runnable stop) {
        shuttingDown = true;
        whenStoppable = stop;
    }

    void mayStop() {
        if (whenStoppable != null) {
            whenStoppable.run();
        }
    }

    /// Dead, and nobody is there to say so.
    boolean hasNoMachine() {
        return machineGone;
    }

    boolean isShuttingDown() {
        return shuttingDown;
    }

    /// Nodes may skip images, but never go back.
    public void apply(int index) {
        if (index > applied) {
            boolean concernsReplicas = cluster.metadata().concernsReplicas(applied, index);
            applied = index;
            if (concernsReplicas) {
                follow();
                cluster.controller().onApplied(this);
            }
            part.onApplied(index);
        }
    }

    /// Of the quorum: not before it is known to have another disk.
    boolean isMember() {
        return cluster.metadata().newest().node(id).directoryId().equals(directoryId);
    }

    long appliedIndex() {
        return image().appliedIndex();
    }

    private boolean isCaughtUp() {
        return cluster.metadata().image(applied).node(id) != null
                && cluster.metadata().image(applied).node(id).incarnation().equals(incarnation);
    }

    private void follow() {
        // An image from before the registration shows the former life of this node.
        if (!isCaughtUp() && !cluster.rules().actsBeforeRegistration()) {
            return;
        }
        if (isCaughtUp()) {
            nodeEpoch = image().node(id).nodeEpoch();
            clean = true; // It is registered as what it came back as.
        }
        var image = image();
        replicas.forEach(replica -> replica.follow(image));
    }

    public ClusterImage image() {
        return cluster.metadata().image(applied);
    }

    int minIsr(int partition) {
        var topic = partition < cluster.mix().partitions() ? ORDERS : GROUPS;
        return Integer.parseInt(image().configs(topic).get(SimCluster.MIN_ISR));
    }

    NodeEpochs epochs() {
        var image = image();
        return node -> {
            var known = image.node(node);
            boolean eligible =
                    known != null && !known.fenced() && (node == id || !known.shuttingDown());
            return eligible ? known.nodeEpoch() : NodeEpochs.NOT_ELIGIBLE;
        };
    }
}
