package io.moldau.chaos.fault;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What may be done to a cluster.
public enum FaultKind {
    /// `kill -9`, and a start some seconds later.
    KILL(Family.PROCESS, 1_000, 8_000),
    /// `kill -9`, and a start at once.
    FAST_RESTART(Family.PROCESS, 0, 0),
    /// SIGTERM, and a start later.
    TERM(Family.PROCESS, 200, 5_000),
    /// SIGTERM and a start of one node after the other, each once the last is in sync again.
    ROLLING(Family.PROCESS, 0, 0),
    /// SIGSTOP, and SIGCONT later.
    PAUSE(Family.PROCESS, 500, 8_000),
    /// A node whose clock is wrong by seconds to minutes.
    CLOCK(Family.PROCESS, 3_000, 8_000),

    /// What one node says does not reach another; what that one says arrives.
    CUT_ONE_WAY(Family.LINK, 1_000, 10_000),
    /// Two nodes do not reach each other.
    CUT(Family.LINK, 1_000, 10_000),
    /// Nodes are cut from all others, and not from clients.
    ISOLATE(Family.LINK, 1_000, 10_000),
    /// What nodes say to each other takes long.
    DELAY(Family.LINK, 3_000, 10_000),
    /// Nodes can say each other little in a second.
    THROTTLE(Family.LINK, 3_000, 10_000),
    /// Connections are taken, and nobody ever answers.
    SWALLOW(Family.LINK, 1_000, 8_000),
    /// Connections break, again and again.
    RESET(Family.LINK, 500, 5_000),

    /// A voter of the metadata quorum votes no longer, and then does again.
    VOTERS(Family.ADMIN, 1_000, 5_000),
    /// Partitions move to other nodes, or lose a replica for a while.
    REASSIGN(Family.ADMIN, 1_000, 5_000),
    /// Leaders move to other nodes.
    ELECT(Family.ADMIN, 0, 0),

    /// A client ends without a word.
    CLIENT_CRASH(Family.CLIENT, 0, 0),

    /// The end of a stopped node's log is cut off.
    TRUNCATE(Family.DISK, 0, 1_500),
    /// Bits of a stopped node's log are flipped.
    FLIP_BITS(Family.DISK, 0, 1_500),
    /// A stopped node gets an older copy of its logs.
    OLD_PIECE(Family.DISK, 1_500, 3_000),
    /// The indexes of a stopped node's logs are deleted.
    DELETE_INDEX(Family.DISK, 0, 1_500),
    /// A machine goes down: of what was not synced, any part is lost.
    POWER_LOSS(Family.DISK, 0, 1_500),
    /// A node comes back with an empty disk.
    DISK_LOSS(Family.DISK, 0, 1_500),
    /// A node's disk is full to the last byte.
    DISK_FULL(Family.DISK, 3_000, 8_000);

    private final Family family;
    private final long lastsMsMin;
    private final long lastsMsMax;

    /// What a fault gets at.
    public enum Family {
        PROCESS,
        LINK,
        ADMIN,
        CLIENT,
        /// One node's data: while they are not whole again, nothing else may take a process away.
        DISK
    }

    FaultKind(Family family, long lastsMsMin, long lastsMsMax) {
        this.family = family;
        this.lastsMsMin = lastsMsMin;
        this.lastsMsMax = lastsMsMax;
    }

    public Family family() {
        return family;
    }

    long lastsMsMin() {
        return lastsMsMin;
    }

    long lastsMsMax() {
        return lastsMsMax;
    }

    /// Whether it is about the whole of the cluster, so that no process may be away for another
    /// reason.
    boolean wantsAllProcesses() {
        return family == Family.DISK || this == ROLLING;
    }

    /// Whether processes are away meanwhile, or replicas are.
    boolean takesReplicas() {
        return family == Family.PROCESS
                || family == Family.DISK
                || this == REASSIGN
                || this == VOTERS;
    }

    /// Whether it can be done to a cluster of which nothing is known but its address and commands.
    public boolean isForeign() {
        return switch (this) {
            case KILL, FAST_RESTART, TERM, ROLLING, PAUSE, REASSIGN, ELECT, CLIENT_CRASH -> true;
            case CLOCK,
                    CUT_ONE_WAY,
                    CUT,
                    ISOLATE,
                    DELAY,
                    THROTTLE,
                    SWALLOW,
                    RESET,
                    VOTERS,
                    TRUNCATE,
                    FLIP_BITS,
                    OLD_PIECE,
                    DELETE_INDEX,
                    POWER_LOSS,
                    DISK_LOSS,
                    DISK_FULL ->
                    false;
        };
    }

    /// As the command line names it.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// @param labels names of kinds or, in the plural, of families: `links`, `disks`
    /// @throws IllegalArgumentException a name that is none; the message lists those that are
    public static Set<FaultKind> of(List<String> labels) {
        var kinds = EnumSet.noneOf(FaultKind.class);
        for (var label : labels) {
            var found =
                    Arrays.stream(values())
                            .filter(kind ->
                                    kind.label().equals(label) || plural(kind).equals(label))
                            .toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException(
                        "no fault '%s'; there are %s".formatted(label, labels()));
            }
            kinds.addAll(found);
        }
        return kinds;
    }

    private static String plural(FaultKind kind) {
        return switch (kind.family) {
            case PROCESS -> "processes";
            case LINK -> "links";
            case ADMIN -> "admin";
            case CLIENT -> "clients";
            case DISK -> "disks";
        };
    }

    private static String labels() {
        return Arrays.stream(values()).map(FaultKind::label).collect(Collectors.joining(", "));
    }
}
