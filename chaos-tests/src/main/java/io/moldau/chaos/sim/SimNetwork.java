package io.moldau.chaos.sim;

import java.util.Arrays;

/// How long messages take, and between whom none pass.
final class SimNetwork {
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

    long delayMs() {
        if (!healed && slow && luck.chance(0.05)) {
            cluster.onStruck(Fault.DELAY);
            return luck.between(5, 400);
        }
        return luck.below(4);
    }

    boolean isCut(SimNode source, SimNode target) {
        return cuts[source.id()][target.id()];
    }

    void cut(int source, int target) {
        cuts[source][target] = true;
    }

    void mend(int source, int target) {
        cuts[source][target] = false;
    }

    void heal() {
        healed = true;
        for (var row : cuts) {
            Arrays.fill(row, false);
        }
    }
}
