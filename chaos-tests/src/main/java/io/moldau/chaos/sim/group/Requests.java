package io.moldau.chaos.sim.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.Caller;
import io.moldau.broker.group.CoordinatorSeat;
import io.moldau.broker.group.GroupAnswer;
import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.group.GroupEvent;
import io.moldau.broker.group.GroupEvent.Leaver;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.group.SimCoordinator.Reign;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;

/// What a member asks its coordinator, and where that is. One connection at a time; whoever waits
/// too long for an answer gives it up.
final class Requests {
    private static final long TIMEOUT_MS = 300;

    private final SimGroup group;
    private final SimMember member;
    private final SimCluster cluster;
    private final Luck luck;
    private Line line;
    private int ids;
    private boolean reading;

    Requests(SimGroup group, SimMember member, Luck luck) {
        this.group = group;
        this.member = member;
        this.cluster = group.cluster();
        this.luck = luck;
    }

    boolean isConnected() {
        return line != null && line.isOpen();
    }

    boolean isReading() {
        return reading;
    }

    /// Asks any node for the coordinator, and believes it; false if that is nobody.
    boolean connect() {
        close();
        var asked = cluster.node(1 + luck.below(cluster.mix().nodes()));
        if (!asked.isAlive()) {
            return false;
        }
        var seat = CoordinatorSeat.of(group.name(), asked.image()).orElseThrow();
        if (seat.node() < 1 || !cluster.node(seat.node()).isAlive()) {
            return false;
        }
        line = new Line(cluster, cluster.node(seat.node()));
        return true;
    }

    void close() {
        if (line != null) {
            line.close();
            line = null;
            reading = false;
            member.onDisconnected();
        }
    }

    // ---- members ----

    void join(Consumer<Joined> answered) {
        var id = member.process() + "-" + ++ids;
        var memberId = member.memberId();
        ask(
                new Asking<>(Joined.class, memberId, -1, group.rebalanceTimeoutMs() + TIMEOUT_MS),
                caller ->
                        new GroupEvent.Join(
                                caller,
                                memberId,
                                id,
                                member.instance(),
                                "client",
                                "/127.0.0.1",
                                group.sessionTimeoutMs(),
                                group.rebalanceTimeoutMs(),
                                SimGroup.PROTOCOL_TYPE,
                                SimGroup.PROTOCOLS,
                                true,
                                true,
                                ""),
                error -> refusedJoin(error, memberId),
                answered);
    }

    private static Joined refusedJoin(Errors error, String memberId) {
        return new Joined(
                error, memberId, -1, Optional.empty(), Optional.empty(), "", false, List.of());
    }

    void sync(Map<String, ByteString> assignments, Consumer<Synced> answered) {
        int generation = member.generation();
        var memberId = member.memberId();
        ask(
                new Asking<>(
                        Synced.class,
                        memberId,
                        generation,
                        group.rebalanceTimeoutMs() + TIMEOUT_MS),
                caller ->
                        new GroupEvent.Sync(
                                caller,
                                memberId,
                                member.instance(),
                                generation,
                                Optional.of(SimGroup.PROTOCOL_TYPE),
                                Optional.of(SimGroup.PROTOCOL),
                                assignments),
                error -> new Synced(error, Optional.empty(), Optional.empty(), ByteString.EMPTY),
                answered);
    }

    void beat(Consumer<Errors> answered) {
        int generation = member.generation();
        var memberId = member.memberId();
        ask(
                new Asking<>(Alive.class, memberId, generation, TIMEOUT_MS),
                caller -> new GroupEvent.Heartbeat(caller, memberId, member.instance(), generation),
                Alive::new,
                alive -> answered.accept(alive.error()));
    }

    /// Waits for no answer.
    void leave() {
        var leaver = new Leaver(member.memberId(), member.instance(), "");
        ask(
                new Asking<>(Left.class, member.memberId(), -1, TIMEOUT_MS),
                caller -> new GroupEvent.Leave(caller, List.of(leaver)),
                _ -> new Left(List.of()),
                _ -> {});
    }

    /// @param timeoutMs when it is given up
    record Asking<A extends GroupAnswer>(
            Class<A> type, String memberId, int generation, long timeoutMs) {}

    private <A extends GroupAnswer> void ask(
            Asking<A> asking,
            Function<Caller, GroupEvent> event,
            Function<Errors, A> refusal,
            Consumer<A> answered) {
        var over = line;
        if (over == null) {
            return;
        }
        var pending = expect(over, asking.timeoutMs());
        over.request(() -> {
            var coordinator = group.coordinator(over.node());
            BiConsumer<A, Reign> answer =
                    (given, reign) -> {
                        group.onAnswer(coordinator, reign, member, asking, given);
                        tell(over, pending, () -> answered.accept(given));
                    };
            group.onRequest(coordinator, asking.type());
            coordinator.<A>ask(
                    group.name(),
                    asked -> asked.ask(group.name(), asking.type(), event),
                    answer,
                    failure -> answer.accept(refusal.apply(error(failure)), null));
        });
    }

    private static Errors error(Throwable failure) {
        return Errors.forException(
                failure instanceof CompletionException ? failure.getCause() : failure);
    }

    // ---- offsets ----

    /// @param answered gets the offsets by partition, or null where another node is to be asked
    void read(Consumer<Map<Integer, Long>> answered) {
        var over = line;
        if (over == null) {
            return;
        }
        reading = true;
        var known = group.judge().known(group.name());
        var pending = expect(over, 2 * TIMEOUT_MS);
        over.request(() ->
                group.coordinator(over.node())
                        .fetchOffsets(
                                group.name(),
                                offsets -> {
                                    var read = offsets == null ? null : group.read(offsets, known);
                                    tell(
                                            over,
                                            pending,
                                            () -> {
                                                reading = false;
                                                answered.accept(read);
                                            });
                                }));
    }

    void commit(byte[] owned, Map<Integer, Long> positions, Consumer<Errors> answered) {
        var over = line;
        var topic = cluster.metadata().newest().topic(group.topic());
        if (over == null || topic == null) {
            answered.accept(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            return;
        }
        int generation = member.generation();
        var memberId = member.memberId();
        var partitions = new ArrayList<PartitionCommit>();
        for (byte partition : owned) {
            var origin = new Commit(generation, group.nextSerial()).metadata();
            partitions.add(
                    new PartitionCommit(partition, positions.get((int) partition), -1, origin));
        }
        var topics = List.of(new TopicCommits(topic.id(), topic.name(), partitions));
        var asking = new Asking<>(Alive.class, memberId, generation, 2 * TIMEOUT_MS);
        var pending = expect(over, asking.timeoutMs());
        over.request(() -> {
            var coordinator = group.coordinator(over.node());
            BiConsumer<Errors, Reign> answer =
                    (error, reign) -> {
                        group.onAnswer(coordinator, reign, member, asking, new Alive(error));
                        tell(over, pending, () -> answered.accept(error));
                    };
            var command =
                    new CommitOffsets(
                            group.name(),
                            over.node().nowMs(),
                            -1,
                            topics,
                            MetadataCommand.ANY_COORDINATOR);
            var committer =
                    cluster.rules()
                            .committer(memberId, generation, coordinator.saved(group.name()));
            coordinator.<Outcome>ask(
                    group.name(),
                    asked ->
                            asked.commit(
                                    command,
                                    committer.memberId(),
                                    member.instance(),
                                    committer.generation(),
                                    Errors.ILLEGAL_GENERATION),
                    (outcome, reign) -> answer.accept(group.onCommitted(command, outcome), reign),
                    failure -> answer.accept(error(failure), null));
        });
    }

    // ---- waiting ----

    private void tell(Line over, Pending pending, Runnable action) {
        over.answer(() -> member.awake(() -> pending.done(action)));
    }

    private Pending expect(Line over, long timeoutMs) {
        var pending = new Pending();
        cluster.timeline().in(timeoutMs, () -> member.awake(() -> giveUp(over, pending)));
        return pending;
    }

    @SuppressWarnings("ReferenceEquality") // This very connection.
    private void giveUp(Line over, Pending pending) {
        if (!pending.isDone && over == line) {
            close();
        }
    }

    /// A request that is not answered yet.
    private static final class Pending {
        private boolean isDone;

        void done(Runnable action) {
            if (!isDone) {
                isDone = true;
                action.run();
            }
        }
    }
}
