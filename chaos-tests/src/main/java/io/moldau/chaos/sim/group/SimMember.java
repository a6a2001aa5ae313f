package io.moldau.chaos.sim.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.JoinedMember;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.world.Luck;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/// A consumer as a classic client has it: finds the coordinator, joins, assigns if it is the
/// leader, takes its partitions, reads where they are, goes on from there, commits and heartbeats.
/// It believes what it is told, and when nobody answers it asks again.
///
/// One object is one process: after a crash another one takes its place.
final class SimMember {
    private enum Stage {
        /// Has no part in a generation.
        OUTSIDE,
        JOINING,
        SYNCING,
        READING,
        OWNING,
        GONE
    }

    private static final byte[] NOTHING = {};

    private final SimGroup group;
    private final SimCluster cluster;
    private final Luck luck;
    private final Optional<String> instance;
    private final String process;
    private final Requests requests;
    private Stage stage = Stage.OUTSIDE;
    private String memberId = "";
    private int generation = -1;

    /// Of taking part. What is answered to an earlier one is no news.
    private int attempt;

    private byte[] owned = NOTHING;
    private final Map<Integer, Long> positions = new HashMap<>();
    private long pausedUntilMs;
    private boolean committing;
    private boolean beating;
    private long committedSinceMs = -1;

    /// @param process unlike that of any other process in this simulation
    SimMember(SimGroup group, Optional<String> instance, String process, Luck luck) {
        this.group = group;
        this.cluster = group.cluster();
        this.instance = instance;
        this.process = process;
        this.luck = luck;
        requests = new Requests(group, this, luck);
        cluster.timeline().in(luck.between(0, 100), this::tick);
    }

    // ---- for others ----

    String memberId() {
        return memberId;
    }

    Optional<String> instance() {
        return instance;
    }

    String process() {
        return process;
    }

    int generation() {
        return generation;
    }

    byte[] owned() {
        return owned;
    }

    boolean isGone() {
        return stage == Stage.GONE;
    }

    /// It owns what it was given, and has committed since then.
    boolean isSettledSince(long ms) {
        return stage == Stage.OWNING && (owned.length == 0 || committedSinceMs > ms);
    }

    void pause(long ms) {
        pausedUntilMs = Math.max(pausedUntilMs, cluster.timeline().nowMs() + ms);
    }

    void resume() {
        pausedUntilMs = 0;
    }

    /// Runs once the process is awake; never, if it is gone.
    void awake(Runnable action) {
        long waitMs = pausedUntilMs - cluster.timeline().nowMs();
        if (stage == Stage.GONE) {
            return;
        }
        if (waitMs > 0) {
            cluster.timeline().in(waitMs, () -> awake(action));
        } else {
            action.run();
        }
    }

    /// Without a word.
    void crash() {
        note("is gone", 0);
        stage = Stage.GONE;
        requests.close();
    }

    void leave() {
        if (!memberId.isEmpty() && stage != Stage.GONE) {
            note("leaves", 0);
            requests.leave();
        }
        stage = Stage.GONE;
    }

    private void note(String what, long fact) {
        cluster.timeline()
                .note(
                        21,
                        process.hashCode(),
                        what.hashCode(),
                        fact,
                        () -> "member %s %s %d".formatted(process, what, fact));
    }

    // ---- the loop ----

    private void tick() {
        if (stage == Stage.GONE) {
            return;
        }
        awake(this::act);
        cluster.timeline().in(group.heartbeatMs() + luck.below(10), this::tick);
    }

    private void act() {
        if (!requests.isConnected() && !requests.connect()) {
            return;
        }
        // One that wakes up late may commit first, and learn only then what it has missed.
        boolean commitsFirst = luck.chance(0.5);
        if (commitsFirst) {
            goOn();
        }
        switch (stage) {
            case OUTSIDE -> join();
            case SYNCING, READING, OWNING -> beat();
            case JOINING, GONE -> {}
        }
        if (!commitsFirst) {
            goOn();
        }
        if (stage == Stage.READING && !requests.isReading()) {
            read();
        }
    }

    private void goOn() {
        if (stage == Stage.OWNING && !committing && owned.length > 0) {
            for (byte partition : owned) {
                positions.merge((int) partition, luck.between(0, 5), Long::sum);
            }
            commit();
        }
    }

    /// The connection is gone: what was asked there is not answered any more.
    void onDisconnected() {
        committing = false;
        beating = false;
        if (stage == Stage.JOINING || stage == Stage.SYNCING) {
            attempt++;
            stage = Stage.OUTSIDE;
        }
    }

    // ---- joining ----

    private void join() {
        stage = Stage.JOINING;
        owned = NOTHING;
        note("joins", generation);
        int mine = ++attempt;
        requests.join(joined -> ifStill(mine, () -> onJoined(joined)));
    }

    private void ifStill(int mine, Runnable action) {
        if (mine == attempt) {
            action.run();
        }
    }

    private void onJoined(Joined joined) {
        switch (joined.error()) {
            case NONE -> {
                memberId = joined.memberId();
                generation = joined.generation();
                stage = Stage.SYNCING;
                boolean assigns = !joined.members().isEmpty() && !joined.skipAssignment();
                int mine = attempt;
                requests.sync(
                        assigns ? assignments(joined.members()) : Map.of(),
                        synced -> ifStill(mine, () -> onSynced(synced)));
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = joined.memberId();
                join();
            }
            case FENCED_INSTANCE_ID -> crash();
            default -> onError(joined.error());
        }
    }

    /// Others at every generation, so that partitions move.
    private Map<String, ByteString> assignments(List<JoinedMember> members) {
        var ids = members.stream().map(JoinedMember::memberId).sorted(Comparator.naturalOrder());
        var sorted = ids.toList();
        var shares = new HashMap<String, ByteString>();
        for (int partition = 0; partition < cluster.mix().partitions(); partition++) {
            var id = sorted.get((partition + generation) % sorted.size());
            shares.merge(
                    id, ByteString.copyFrom(new byte[] {(byte) partition}), ByteString::concat);
        }
        return shares;
    }

    private void onSynced(Synced synced) {
        if (synced.error() == Errors.FENCED_INSTANCE_ID) {
            crash();
        } else if (synced.error() != Errors.NONE) {
            onError(synced.error());
        } else {
            owned = synced.assignment().toByteArray();
            note("owns " + Arrays.toString(owned) + " in generation", generation);
            positions.clear();
            stage = Stage.READING;
            read();
        }
    }

    // ---- offsets ----

    private void read() {
        int mine = attempt;
        requests.read(offsets -> ifStill(mine, () -> onRead(offsets)));
    }

    private void onRead(Map<Integer, Long> offsets) {
        if (offsets == null) {
            requests.close();
        } else if (stage == Stage.READING) {
            for (byte partition : owned) {
                positions.put((int) partition, offsets.getOrDefault((int) partition, 0L));
            }
            stage = Stage.OWNING;
        }
    }

    private void commit() {
        committing = true;
        long sinceMs = cluster.timeline().nowMs();
        int mine = attempt;
        requests.commit(
                owned,
                positions,
                error -> {
                    committing = false;
                    if (error == Errors.NONE) {
                        committedSinceMs = sinceMs;
                    } else {
                        onError(error, mine);
                    }
                });
    }

    // ---- heartbeats and errors ----

    private void beat() {
        if (!beating) {
            beating = true;
            int mine = attempt;
            requests.beat(error -> {
                beating = false;
                onError(error, mine);
            });
        }
    }

    private void onError(Errors error, int inAttempt) {
        boolean isNews = inAttempt == attempt;
        if (isNews || error == Errors.NOT_COORDINATOR || error == Errors.FENCED_INSTANCE_ID) {
            onError(error);
        }
    }

    private void onError(Errors error) {
        switch (error) {
            case NONE -> {}
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE -> requests.close();
            case FENCED_INSTANCE_ID -> crash();
            case UNKNOWN_MEMBER_ID -> {
                note("is unknown", generation);
                memberId = "";
                rejoin();
            }
            case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS -> rejoin();
            case UNKNOWN_TOPIC_OR_PARTITION -> {} // It is being made again.
            default -> throw group.unexpected(process, error);
        }
    }

    private void rejoin() {
        attempt++;
        stage = Stage.OUTSIDE;
        owned = NOTHING;
    }
}
