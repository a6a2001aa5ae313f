package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import java.util.Arrays;

/// How long messages take, and between whom none pass.
public final class SimNetwork {
    private final SimCluster cluster;
    private final Luck luck;
    private final boolean slow;
    private final boolean[][] cuts;
    private boolean healed;

    SimNetwork(Mix mix, SimCluster cluster) {
        this.cluster = cluster;
        luck = new Luck(mix.seed(), 2);
        slow = mix.has(Fault.DELAY);
        cuts = new boolean[mix.nodes() + 1][mix.nodes() + 1];
    }

    public long delayMs() {
        if (!healed && slow && luck.chance(0.05)) {
            cluster.onStruck(Fault.DELAY);
            return luck.between(5, 400);
        }
        return luck.below(4);
    }

    /// How long it takes until somebody gives up a peer of whom nothing is heard.
    long silenceMs() {
        return luck.between(100, 1_500);
    }

    /// Whether something happens to a message of a client.
    public boolean strikes(Fault fault, double probability) {
        boolean strikes = !healed && cluster.mix().has(fault) && luck.chance(probability);
        if (strikes) {
            cluster.onStruck(fault);
        }
        return strikes;
    }

    boolean isCut(SimNode source, SimNode target) {
        return cuts[source.id()][target.id()];
    }

    public void cut(int source, int target) {
        cuts[source][target] = true;
    }

    public void mend(int source, int target) {
        cuts[source][target] = false;
    }

    public void heal() {
        healed = true;
        for (var row : cuts) {
            Arrays.fill(row, false);
        }
    }
}
