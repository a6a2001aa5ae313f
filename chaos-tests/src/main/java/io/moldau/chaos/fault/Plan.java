package io.moldau.chaos.fault;

import io.moldau.chaos.fault.FaultKind.Family;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// What a seed does to a cluster: episodes without end, the same for the same seed and kinds.
///
/// Kinds come in rounds, each once in a round and in another order each time, so that even a short
/// run sees most of them. Not for use from several threads at once.
public final class Plan {
    private static final double ALONE = 0.25;
    private static final double TWO = 0.75;
    private static final int STAGGER_MS = 3_000;
    private static final int CALM_MS_MIN = 800;
    private static final int CALM_MS_MAX = 2_000;
    private static final double EVERYBODY = 0.08;

    private final Random luck;
    private final Set<FaultKind> kinds;
    private final Deque<FaultKind> round = new ArrayDeque<>();
    private int episodes;

    private Plan(long seed, Set<FaultKind> kinds) {
        this.luck = new Random(seed);
        this.kinds = EnumSet.copyOf(kinds);
    }

    /// @param kinds at least one
    public static Plan of(long seed, Set<FaultKind> kinds) {
        return new Plan(seed, kinds);
    }

    public Episode next() {
        double size = luck.nextDouble();
        int wanted = size < ALONE ? 1 : size < TWO ? 2 : 3;
        var together = new ArrayList<FaultKind>();
        while (together.size() < wanted) {
            var next = draw(together);
            if (next == null) {
                break;
            }
            together.add(next);
        }
        // What wants the cluster whole comes before the others take something from it.
        together.sort((one, other) ->
                Boolean.compare(other.wantsAllProcesses(), one.wantsAllProcesses()));
        var faults = new ArrayList<PlannedFault>();
        for (var kind : together) {
            faults.add(fault(kind, faults.isEmpty() ? 0 : 500 + luck.nextInt(STAGGER_MS)));
        }
        long calmMs = (long) CALM_MS_MIN + luck.nextInt(CALM_MS_MAX - CALM_MS_MIN);
        return new Episode(++episodes, faults, calmMs);
    }

    /// The first of those still to come in this round that goes together with what is there; null
    /// when none does.
    private FaultKind draw(List<FaultKind> together) {
        if (round.isEmpty()) {
            var all = new ArrayList<>(kinds);
            Collections.shuffle(all, luck);
            round.addAll(all);
        }
        for (var kind : round) {
            if (together.stream().allMatch(other -> goTogether(kind, other))) {
                round.remove(kind);
                return kind;
            }
        }
        return null;
    }

    static boolean goTogether(FaultKind one, FaultKind other) {
        if (one == other) {
            return false;
        }
        return !(one.wantsAllProcesses() && other.takesReplicas())
                && !(other.wantsAllProcesses() && one.takesReplicas());
    }

    private PlannedFault fault(FaultKind kind, long afterMs) {
        long spread = kind.lastsMsMax() - kind.lastsMsMin();
        long lastsMs = kind.lastsMsMin() + (spread == 0 ? 0 : luck.nextLong(spread));
        return new PlannedFault(kind, aim(kind), afterMs, lastsMs, luck.nextLong());
    }

    private Aim aim(FaultKind kind) {
        var aims =
                switch (kind) {
                    case KILL, FAST_RESTART, TERM, PAUSE ->
                            List.of(
                                    Aim.ONE,
                                    Aim.MINORITY,
                                    Aim.MAJORITY,
                                    Aim.LEADER,
                                    Aim.LEADER,
                                    Aim.CONTROLLER,
                                    Aim.CONTROLLER);
                    case ISOLATE, DELAY, THROTTLE, SWALLOW, RESET ->
                            List.of(
                                    Aim.ONE,
                                    Aim.MINORITY,
                                    Aim.MAJORITY,
                                    Aim.LEADER,
                                    Aim.CONTROLLER);
                    case CUT_ONE_WAY,
                            CUT,
                            CLOCK,
                            VOTERS,
                            TRUNCATE,
                            FLIP_BITS,
                            OLD_PIECE,
                            DELETE_INDEX,
                            POWER_LOSS,
                            DISK_LOSS ->
                            List.of(Aim.ONE, Aim.LEADER, Aim.CONTROLLER);
                    case ROLLING -> List.of(Aim.ALL);
                    case REASSIGN, ELECT, CLIENT_CRASH, DISK_FULL -> List.of(Aim.ONE);
                };
        boolean everybody =
                kind.family() == Family.PROCESS
                        && aims.contains(Aim.MAJORITY)
                        && luck.nextDouble() < EVERYBODY;
        return everybody ? Aim.ALL : aims.get(luck.nextInt(aims.size()));
    }
}
