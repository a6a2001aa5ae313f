package io.moldau.chaos.fault;

import io.moldau.chaos.run.Nodes;
import io.moldau.chaos.run.Together;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What is done to processes by signals.
final class ProcessHarm {
    private static final Duration IN_SYNC_WITHIN = Duration.ofSeconds(60);
    private static final int CLOCK_OFF_MS_MAX = 600_000;

    private ProcessHarm() {}

    private interface Work {
        void run(Set<Integer> ids) throws Exception;
    }

    /// Does something to those who are aimed at and whom nobody else is busy with.
    private static void onFree(Strike strike, Work work) throws Exception {
        var scene = strike.scene();
        var ids = scene.take(scene.aimed(strike.fault().aim(), strike.luck()));
        if (ids.isEmpty()) {
            throw new Skipped("another fault has the node already");
        }
        try {
            strike.begin(Strike.nodes(ids) + role(strike.fault().aim()));
            work.run(ids);
        } finally {
            scene.giveBack(ids);
        }
    }

    private static String role(Aim aim) {
        return switch (aim) {
            case LEADER -> ", a leader";
            case CONTROLLER -> ", the controller";
            case ONE, MINORITY, MAJORITY, ALL -> "";
        };
    }

    private static void away(Strike strike, Set<Integer> ids, Consumer<Integer> end)
            throws Exception {
        var nodes = strike.scene().nodes();
        try {
            Together.each(ids, end);
            strike.hold();
        } finally {
            Together.each(ids, nodes::start);
        }
    }

    static void kill(Strike strike) throws Exception {
        onFree(strike, ids -> away(strike, ids, strike.scene().nodes()::kill));
    }

    static void term(Strike strike) throws Exception {
        onFree(strike, ids -> away(strike, ids, id -> stop(strike, id)));
    }

    /// A node that others cannot relieve may take its time; that is worth a word, not a failure.
    private static void stop(Strike strike, int id) {
        try {
            strike.scene().nodes().stop(id);
        } catch (IllegalStateException slow) {
            synchronized (strike) {
                strike.say("node %d: %s".formatted(id, firstLine(slow)));
            }
        }
    }

    static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    static void pause(Strike strike) throws Exception {
        onFree(
                strike,
                ids -> {
                    var nodes = strike.scene().nodes();
                    try {
                        Together.each(ids, nodes::pause);
                        strike.hold();
                    } finally {
                        Together.each(ids, nodes::resume);
                    }
                });
    }

    static void rolling(Strike strike) throws Exception {
        onFree(
                strike,
                ids -> {
                    for (int id : ids) {
                        if (!strike.scene().isOver()) {
                            restartInOrder(strike, id);
                        }
                    }
                });
    }

    private static void restartInOrder(Strike strike, int id) throws InterruptedException {
        Nodes nodes = strike.scene().nodes();
        try {
            stop(strike, id);
        } finally {
            nodes.start(id);
        }
        if (!strike.scene().eye().awaitWhole(IN_SYNC_WITHIN)) {
            strike.say("not in sync %d s after node %d".formatted(IN_SYNC_WITHIN.toSeconds(), id));
        }
    }

    /// The clock is right again after another restart.
    static void clock(Strike strike) throws Exception {
        var own = strike.scene().own();
        onFree(
                strike,
                ids -> {
                    long sign = strike.luck().nextBoolean() ? 1 : -1;
                    long offMs = sign * (1_000 + strike.luck().nextInt(CLOCK_OFF_MS_MAX));
                    strike.say("off by %d s".formatted(offMs / 1000));
                    var wrong = "-Dmoldau.clock.offset.ms=" + offMs;
                    for (var options : List.of(wrong, "")) {
                        for (int id : ids) {
                            try {
                                stop(strike, id);
                            } finally {
                                own.start(id, options);
                            }
                        }
                        if (!options.isEmpty()) {
                            strike.hold();
                        }
                    }
                });
    }
}
