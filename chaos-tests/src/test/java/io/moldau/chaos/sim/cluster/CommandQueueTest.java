package io.moldau.chaos.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommandQueueTest {
    private static final int COMMANDS = 40;

    private final SimCluster cluster =
            new SimCluster(Mix.of(1, EnumSet.allOf(Fault.class)), Rules.PRODUCTION, false);
    private final ArrayList<String> decided = new ArrayList<>();
    private SimNode node;

    private void start() {
        cluster.controller().start();
        cluster.timeline().runUntil(500);
        node = cluster.node(1);
        cluster.metadata()
                .listen((command, _, _) -> {
                    if (command instanceof DeleteGroup(var group, _)) {
                        decided.add(group);
                    }
                });
    }

    private static DeleteGroup command(int number) {
        return new DeleteGroup("%03d".formatted(number), MetadataCommand.ANY_COORDINATOR);
    }

    @Test
    void commandsAreDecidedInTheirOrder() {
        // given
        start();

        // when
        IntStream.range(0, COMMANDS).forEach(i -> node.submitInTurn(command(i), _ -> {}));
        cluster.timeline().runUntil(cluster.timeline().nowMs() + 350);

        // then
        assertThat(decided).hasSize(COMMANDS).isSorted();
    }

    @Test
    void whatIsGivenUpIsDecidedBeforeAllThatComesLaterOrNever() {
        // given
        start();
        node.isolated(true);
        var told = new ArrayList<Object>();

        // when
        IntStream.range(0, COMMANDS).forEach(i -> node.submitInTurn(command(i), told::add));
        cluster.timeline().runUntil(cluster.timeline().nowMs() + 500);
        int decidedBefore = decided.size();
        node.isolated(false);
        node.submitInTurn(command(COMMANDS), _ -> {});
        cluster.timeline().runUntil(cluster.timeline().nowMs() + 350);

        // then
        assertThat(decidedBefore).isZero();
        assertThat(told).hasSize(COMMANDS).containsOnlyNulls();
        assertThat(decided).hasSizeBetween(COMMANDS / 4, COMMANDS * 3 / 4).isSorted();
        assertThat(decided).endsWith("%03d".formatted(COMMANDS));
    }
}
