package io.moldau.chaos.fault;

import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.run.Nodes;
import io.moldau.chaos.run.OwnNodes;
import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.RunClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Where faults are done: the nodes, who is busy with which of them, and whether it is over. Any
/// thread.
public final class Scene {
    private final Nodes nodes;
    private final Optional<OwnNodes> own;
    private final ClusterEye eye;
    private final RunClock clock;
    private final Clients clients;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Set<Integer> taken = new HashSet<>();

    /// What faults may do to clients.
    @FunctionalInterface
    public interface Clients {
        /// Ends one client without a word.
        ///
        /// @return which; empty when none could be
        String crashOne(long luck);
    }

    public Scene(Nodes nodes, ClusterEye eye, RunClock clock, Clients clients) {
        this.nodes = nodes;
        this.own = nodes instanceof OwnNodes ours ? Optional.of(ours) : Optional.empty();
        this.eye = eye;
        this.clock = clock;
        this.clients = clients;
    }

    Nodes nodes() {
        return nodes;
    }

    /// The cluster where it is our own.
    ///
    /// @throws Skipped it is not
    OwnNodes own() {
        return own.orElseThrow(() -> new Skipped("the cluster is not ours"));
    }

    ClusterEye eye() {
        return eye;
    }

    RunClock clock() {
        return clock;
    }

    Clients clients() {
        return clients;
    }

    /// The run ends: whoever holds a fault undoes it at once.
    public void end() {
        over.countDown();
    }

    public boolean isOver() {
        return over.getCount() == 0;
    }

    /// Returns after `ms`, or as soon as the run ends.
    public void hold(long ms) throws InterruptedException {
        var _ = over.await(ms, TimeUnit.MILLISECONDS);
    }

    /// Who the aim means now, in ascending order; at least one.
    Set<Integer> aimed(Aim aim, Random luck) {
        var ids = new ArrayList<>(nodes.ids());
        Collections.shuffle(ids, luck);
        return switch (aim) {
            case ONE -> first(ids, 1);
            case MINORITY -> first(ids, (ids.size() - 1) / 2);
            case MAJORITY -> first(ids, ids.size() / 2 + 1);
            case ALL -> first(ids, ids.size());
            case LEADER -> leader(luck).map(Set::of).orElseGet(() -> first(ids, 1));
            case CONTROLLER -> {
                int controller = eye.controller().orElse(-1);
                yield ids.contains(controller) ? Set.of(controller) : first(ids, 1);
            }
        };
    }

    private static Set<Integer> first(List<Integer> ids, int count) {
        return new TreeSet<>(ids.subList(0, Math.max(1, count)));
    }

    private Optional<Integer> leader(Random luck) {
        var led =
                eye.latest().partitions().stream()
                        .map(ClusterSample.PartitionSample::leaderId)
                        .filter(id -> nodes.ids().contains(id))
                        .toList();
        return led.isEmpty() ? Optional.empty() : Optional.of(led.get(luck.nextInt(led.size())));
    }

    /// Takes those of `wanted` that no other fault has, until they are given back.
    Set<Integer> take(Collection<Integer> wanted) {
        synchronized (taken) {
            var free = new TreeSet<>(wanted);
            free.removeAll(taken);
            taken.addAll(free);
            return free;
        }
    }

    void giveBack(Collection<Integer> ids) {
        synchronized (taken) {
            taken.removeAll(ids);
        }
    }
}
