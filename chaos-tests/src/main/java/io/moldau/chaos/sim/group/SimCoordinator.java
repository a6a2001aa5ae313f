package io.moldau.chaos.sim.group;

import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupSettings;
import io.moldau.broker.group.GroupStore;
import io.moldau.broker.shard.Shard;
import io.moldau.broker.shard.Shards;
import io.moldau.chaos.sim.cluster.NodePart;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.env.Clock;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataState;
import io.moldau.metadata.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Production's group coordinator on one node, on shards without threads, above the metadata as
/// this node itself has applied it: every node decides every command.
final class SimCoordinator implements NodePart {
    private static final int SHARDS = 2;

    private final SimNode node;
    private final SimCluster cluster;
    private final GroupSettings settings;
    private final GroupJudge judge;
    private final Map<String, Reign> reigns = new HashMap<>();
    private MetadataState state;
    private int applied;
    private Shards shards;
    private GroupCoordinator coordinator;
    private GroupStore store;
    private boolean started;
    private long wakeAtMs = Long.MAX_VALUE;

    SimCoordinator(SimNode node, SimCluster cluster, GroupSettings settings, GroupJudge judge) {
        this.node = node;
        this.cluster = cluster;
        this.settings = settings;
        this.judge = judge;
        state = new MetadataState();
        cluster.firstCommands().forEach(state::apply);
        state.reached(0);
    }

    SimNode node() {
        return node;
    }

    MetadataState state() {
        return state;
    }

    int applied() {
        return applied;
    }

    // ---- the node's life ----

    @Override
    public void onStart() {
        reigns.clear();
        wakeAtMs = Long.MAX_VALUE;
        started = false;
        shards = Shards.driven(SHARDS, "groups", clock());
        store = cluster.rules().groupStore(new Store());
        coordinator = new GroupCoordinator(node.id(), shards, store, settings, clock());
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long wallMs() {
                return node.nowMs();
            }

            @Override
            public long monotonicNanos() {
                return TimeUnit.MILLISECONDS.toNanos(node.nowMs());
            }
        };
    }

    @Override
    public void onRegistered() {
        if (!started) {
            started = true;
            noteReigns();
            coordinator.start();
            drive();
        }
    }

    @Override
    public void onApplied(int index) {
        var before = store == null ? state.image() : store.image();
        for (; applied < index; applied++) {
            state.apply(cluster.metadata().command(applied + 1));
            state.reached(applied + 1L);
        }
        published(before);
    }

    /// What another node has, in the place of what this one has missed.
    void jump(MetadataState snapshot, int index) {
        var before = store == null ? state.image() : store.image();
        state = snapshot;
        applied = index;
        published(before);
    }

    private void published(ClusterImage before) {
        if (coordinator != null) {
            noteReigns();
            coordinator.published(before, store.image());
            drive();
        }
    }

    @Override
    public void onClose() {
        if (coordinator != null) {
            coordinator.close();
            drive();
        }
    }

    @Override
    public void onStop() {
        coordinator = null;
        shards = null;
        started = false;
        reigns.clear();
    }

    // ---- time ----

    /// Runs what is due, and comes back when the next timer is.
    private void drive() {
        if (shards == null) {
            return;
        }
        long nextNanos = Long.MAX_VALUE;
        for (var shard : shards.all()) {
            nextNanos = Math.min(nextNanos, shard.runDue());
        }
        // A shard may have given the other one something to do.
        for (Shard shard : shards.all()) {
            nextNanos = Math.min(nextNanos, shard.runDue());
        }
        if (nextNanos != Long.MAX_VALUE) {
            wakeIn(TimeUnit.NANOSECONDS.toMillis(nextNanos) - node.nowMs());
        }
    }

    private void wakeIn(long delayMs) {
        long nowMs = cluster.timeline().nowMs();
        long atMs = nowMs + Math.max(1, node.trueMs(delayMs));
        if (atMs < wakeAtMs) {
            wakeAtMs = atMs;
            long life = node.life();
            cluster.timeline()
                    .in(
                            atMs - nowMs,
                            () -> {
                                if (node.lives(life)) {
                                    node.deliver(life, () -> wake(atMs));
                                }
                            });
        }
    }

    private void wake(long atMs) {
        if (wakeAtMs == atMs) {
            wakeAtMs = Long.MAX_VALUE;
        }
        drive();
    }

    // ---- what clients ask ----

    /// Hands something to the coordinator. What comes of it is told in an event of its own, so that
    /// no failure is caught on the way; by then the group may be coordinated in another epoch.
    ///
    /// @param reply gets the reign in which it was answered as well; null where another node is to
    ///   be asked
    <T> void ask(
            String group,
            Request<T> request,
            BiConsumer<T, Reign> reply,
            Consumer<Throwable> failure) {
        if (coordinator == null) {
            return;
        }
        long life = node.life();
        var _ =
                request.of(coordinator)
                        .whenComplete((answer, refused) -> {
                            var reign = reigns.get(group);
                            Runnable told =
                                    refused == null
                                            ? () -> reply.accept(answer, reign)
                                            : () -> failure.accept(refused);
                            cluster.timeline().in(0, () -> ifAlive(life, told));
                        });
        drive();
    }

    private void ifAlive(long life, Runnable action) {
        if (node.lives(life)) {
            action.run();
        }
    }

    /// One call of the coordinator.
    interface Request<T> {
        CompletableFuture<T> of(GroupCoordinator coordinator);
    }

    /// As the handler of `OffsetFetch` does it.
    ///
    /// @param reply gets null where another node is to be asked
    void fetchOffsets(String group, Consumer<CommittedOffsets> reply) {
        if (coordinator == null) {
            return;
        }
        long life = node.life();
        var asked = coordinator;
        var _ =
                store.barrier()
                        .whenComplete((_, unknown) ->
                                cluster.timeline()
                                        .in(
                                                0,
                                                () -> {
                                                    if (node.lives(life)) {
                                                        boolean here =
                                                                unknown == null
                                                                        && asked.coordinates(group);
                                                        reply.accept(here ? store.offsets() : null);
                                                    }
                                                }));
    }

    /// The group as it is here, if it is; for people.
    Optional<String> view(String group) {
        if (coordinator == null || !coordinator.coordinates(group)) {
            return Optional.empty();
        }
        var described = coordinator.describe(group);
        drive();
        return Optional.of("node %d: %s".formatted(node.id(), described.getNow(Optional.empty())));
    }

    /// The group as this node knows it to be saved.
    GroupImage saved(String group) {
        return state.image().group(group);
    }

    // ---- whom it coordinates, for the judge ----

    /// A time of coordinating one group.
    static final class Reign {
        final int epoch;
        final long sinceMs;

        /// False once anybody has joined or left: then generations may change.
        boolean quiet = true;

        Reign(int epoch, long sinceMs) {
            this.epoch = epoch;
            this.sinceMs = sinceMs;
        }
    }

    private void noteReigns() {
        if (!started) {
            return;
        }
        for (var group : judge.groups()) {
            var seat = CoordinatorSeat.of(group, state.image()).orElseThrow();
            var reign = reigns.get(group);
            if (seat.node() != node.id()) {
                reigns.remove(group);
            } else if (reign == null || reign.epoch != seat.epoch()) {
                reigns.put(group, new Reign(seat.epoch(), node.nowMs()));
                judge.onTakeover(group, node, seat.epoch(), state.image().group(group));
            }
        }
    }

    Reign reign(String group) {
        return reigns.get(group);
    }

    /// What production's coordinator sees of the metadata.
    private final class Store implements GroupStore {
        private final long life = node.life();

        @Override
        public ClusterImage image() {
            return state.image();
        }

        @Override
        public CommittedOffsets offsets() {
            return state.offsets();
        }

        @Override
        public CompletableFuture<?> barrier() {
            var reached = new CompletableFuture<Outcome>();
            node.catchUp(outcome -> complete(reached, outcome));
            return reached;
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            var decided = new CompletableFuture<Outcome>();
            node.submitInTurn(command, outcome -> complete(decided, outcome));
            return decided;
        }

        private void complete(CompletableFuture<Outcome> waiting, Outcome outcome) {
            if (!node.lives(life)) {
                return;
            }
            if (outcome == null) {
                waiting.completeExceptionally(new IllegalStateException("nobody knows"));
            } else {
                waiting.complete(outcome);
            }
            drive();
        }
    }

    /// The coordinators of a cluster, for whoever looks for one.
    static List<SimCoordinator> of(SimCluster cluster, GroupSettings settings, GroupJudge judge) {
        var all =
                cluster.nodes().stream()
                        .map(node -> new SimCoordinator(node, cluster, settings, judge))
                        .toList();
        all.forEach(part -> part.node.attach(part));
        return all;
    }
}
