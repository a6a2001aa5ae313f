package io.moldau.chaos.sim.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.broker.group.GroupSettings;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.metadata.MetadataCommand.FenceNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SimCoordinatorTest {
    private static final String GROUP = "group0";

    /// Seed 6004338: a node that woke up sent away whose session had ended while it slept, and in
    /// the same millisecond learned that it coordinates in a newer epoch. The judge took the answer
    /// for the new coordinator's.
    @Test
    void whatIsAnsweredIsOfTheReignInWhichItWas() {
        // given
        var mix = quietMixWithGroups();
        var cluster = new SimCluster(mix, Rules.PRODUCTION, false);
        var judge = new GroupJudge(cluster, List.of(GROUP, "group1"));
        var settings = new GroupSettings(1, 60_000, 0, Integer.MAX_VALUE, 4_096, 60_000, 60_000);
        var coordinators = SimCoordinator.of(cluster, settings, judge);
        cluster.controller().start();
        cluster.timeline().runUntil(500);
        var seat = CoordinatorSeat.of(GROUP, cluster.metadata().newest()).orElseThrow();
        var coordinator = coordinators.get(seat.node() - 1);
        var epochs = new ArrayList<Integer>();

        // when
        coordinator.ask(
                GROUP,
                _ -> CompletableFuture.completedFuture("answer"),
                (_, reign) -> epochs.add(reign.epoch),
                _ -> epochs.add(-1));
        var node = cluster.node(seat.node());
        cluster.metadata().decide(new FenceNode(node.id(), node.nodeEpoch()));
        node.apply(cluster.metadata().newestIndex());
        cluster.timeline().runUntil(cluster.timeline().nowMs());

        // then
        assertThat(coordinator.reign(GROUP)).isNull();
        assertThat(epochs).containsExactly(seat.epoch());
    }

    private static Mix quietMixWithGroups() {
        long seed = 1;
        while (Mix.of(seed, EnumSet.allOf(Fault.class)).groups() < 2) {
            seed++;
        }
        return Mix.of(seed, EnumSet.allOf(Fault.class));
    }
}
