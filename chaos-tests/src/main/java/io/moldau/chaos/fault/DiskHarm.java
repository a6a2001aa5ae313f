package io.moldau.chaos.fault;

import io.moldau.chaos.run.OwnNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// What is done to one node's disk while its process is away.
///
/// The promise is that records survive as long as a majority of their replicas do. Hence: every
/// partition has all its replicas when the node goes, and it is one node. The plan sees to it that
/// no other process is away.
final class DiskHarm {
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(20);

    private DiskHarm() {}

    /// What is done to the folder of a node that is stopped.
    @FunctionalInterface
    interface Damage {
        String doTo(Path data, Strike strike) throws IOException;
    }

    private static void awaitWhole(Strike strike) throws InterruptedException {
        if (!strike.scene().eye().awaitWhole(WHOLE_WITHIN)) {
            throw new Skipped("not every partition had all its replicas");
        }
    }

    private interface Work {
        void run(OwnNodes own, int id) throws Exception;
    }

    private static void onOne(Strike strike, Work work) throws Exception {
        var scene = strike.scene();
        var own = scene.own();
        var ids = scene.take(scene.aimed(strike.fault().aim(), strike.luck()));
        if (ids.isEmpty()) {
            throw new Skipped("another fault has the node already");
        }
        try {
            awaitWhole(strike);
            strike.begin(Strike.nodes(ids));
            work.run(own, ids.iterator().next());
        } finally {
            scene.giveBack(ids);
        }
    }

    /// Ends a node, in order or not, damages its disk and starts it again.
    static void damage(Strike strike, boolean onlyKill, Damage damage) throws Exception {
        onOne(strike, (own, id) -> damage(strike, own, id, onlyKill, damage));
    }

    private static void damage(Strike strike, OwnNodes own, int id, boolean onlyKill, Damage damage)
            throws Exception {
        try {
            if (onlyKill || strike.luck().nextBoolean()) {
                own.kill(id);
            } else {
                own.stop(id);
                strike.say("stopped in order");
            }
            strike.say(damage.doTo(own.data(id), strike));
            strike.hold();
        } finally {
            own.start(id);
        }
    }

    /// The node runs on for a while after the copy was made, and then finds the copy.
    static void oldPiece(Strike strike) throws Exception {
        onOne(
                strike,
                (own, id) -> {
                    var copies = Files.createTempDirectory("moldau-chaos-copy");
                    try {
                        try {
                            own.kill(id);
                            LogFiles.copyPartitions(own.data(id), copies);
                        } finally {
                            own.start(id);
                        }
                        awaitWhole(strike);
                        strike.hold();
                        damage(
                                strike,
                                own,
                                id,
                                true,
                                (data, _) -> LogFiles.putBack(copies, data, strike.luck()));
                    } finally {
                        OwnNodes.delete(copies);
                    }
                });
    }

    static void full(Strike strike) throws Exception {
        var scene = strike.scene();
        var own = scene.own();
        var disk = own.smallDisk().orElseThrow(() -> new Skipped("no small disk can be had here"));
        int id = own.ids().getLast();
        var ids = scene.take(Set.of(id));
        if (ids.isEmpty()) {
            throw new Skipped("another fault has the node already");
        }
        try {
            awaitWhole(strike);
            strike.begin(Strike.nodes(ids));
            disk.shrink();
            strike.hold();
        } finally {
            disk.grow();
            scene.giveBack(ids);
        }
    }
}
