package io.moldau.quorum.controller;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ControllerCorePropertyTest {
    /// Whatever went on before: once it is over, who is dead or hangs is fenced, and no one else
    /// is. While it goes on, no one is fenced who has a session and beats, see [ControllerWorld].
    @Property(tries = 300)
    void fencesWhoeverIsAwayAndNoOneElse(@ForAll long seed) {
        var world = new ControllerWorld(seed);
        world.begin();
        for (int i = 0; i < 1_000; i++) {
            world.misfortune();
            world.pass();
        }

        world.calm();
        for (int i = 0; i < 200; i++) {
            world.pass();
        }

        for (int node = 1; node <= ControllerWorld.NODES; node++) {
            assertThat(world.isFencedIffAway(node)).as("node %d", node).isTrue();
        }
    }
}
