package io.moldau.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.GroupImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.common.protocol.Errors;

/// What clients may rely on, whatever they and time do.
class ClassicGroupPropertyTest {
    private static final int CLIENTS = 6;

    sealed interface Step {
        /// The client does what its last answer asks for: join, sync or heartbeat.
        record Acts(int client) implements Step {}

        record Leaves(int client) implements Step {}

        record Restarts(int client) implements Step {}

        /// It reads another topic from its next join on.
        record Subscribes(int client, int topic) implements Step {}

        record Passes(int ms) implements Step {}

        record StoreHolds() implements Step {}

        record StoreSaves() implements Step {}

        record StoreFails() implements Step {}

        record CoordinatorRestarts() implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var client = Arbitraries.integers().between(0, CLIENTS - 1);
        Arbitrary<Step> acts = client.map(Step.Acts::new);
        Arbitrary<Step> leaves = client.map(Step.Leaves::new);
        Arbitrary<Step> restarts = client.map(Step.Restarts::new);
        Arbitrary<Step> subscribes =
                client.flatMap(c ->
                        Arbitraries.integers()
                                .between(0, 2)
                                .map(topic -> new Step.Subscribes(c, topic)));
        Arbitrary<Step> passes =
                Arbitraries.of(1, 100, 3_000, 9_000, 11_000, 61_000).map(Step.Passes::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(30, acts),
                        Tuple.of(2, leaves),
                        Tuple.of(3, restarts),
                        Tuple.of(2, subscribes),
                        Tuple.of(5, passes),
                        Tuple.of(1, Arbitraries.just(new Step.StoreHolds())),
                        Tuple.of(3, Arbitraries.just(new Step.StoreSaves())),
                        Tuple.of(1, Arbitraries.just(new Step.StoreFails())),
                        Tuple.of(1, Arbitraries.just(new Step.CoordinatorRestarts())))
                .list()
                .ofMinSize(20)
                .ofMaxSize(200);
    }

    /// One leader per generation, one protocol, and an assignment only for who was in it; and
    /// whatever happened, clients that go on asking are in a stable group in the end.
    @Property(tries = 150)
    void membersAgreeAndNobodyIsStuck(@ForAll("steps") List<Step> steps, @ForAll boolean delayed) {
        var settings = GroupSettings.defaults();
        var world =
                new World(
                        new GroupRig(delayed ? settings : settings.withInitialRebalanceDelayMs(0)));

        for (var step : steps) {
            world.take(step);
            world.checkAgreement();
        }

        world.settle();
        assertThat(world.rig.group.isStable()).isTrue();
        assertThat(world.participants).allMatch(Participant::hasAssignment);
        assertThat(world.rig.group.members()).hasSize(CLIENTS);
        assertThat(world.waitingFor(3 * GroupRig.REBALANCE_MS)).isEmpty();
    }

    /// A client of the rig that follows the protocol.
    private static final class Participant {
        GroupRig.Client client;
        boolean synced;

        Participant(GroupRig.Client client) {
            this.client = client;
        }

        boolean hasAssignment() {
            return synced
                    && !client.sync.waits()
                    && client.sync.error() == Errors.NONE
                    && client.sync.as(GroupAnswer.Synced.class).assignment().size() > 0;
        }
    }

    private static final class World {
        final GroupRig rig;
        final List<Participant> participants = new ArrayList<>();
        private final Map<Integer, Set<String>> leaders = new HashMap<>();
        private final Map<Integer, Set<String>> protocols = new HashMap<>();
        private final Set<GroupAnswer> seen = new HashSet<>();
        private final List<GroupRig.Ticket> tickets = new ArrayList<>();

        World(GroupRig rig) {
            this.rig = rig;
            rig.saved.add(new GroupImage("orders", 0, "", null, null, 0, List.of()));
            for (int i = 0; i < CLIENTS; i++) {
                var client = i % 2 == 0 ? rig.client("d" + i) : rig.staticClient("s" + i);
                client.offering(i < 3 ? "range" : "sticky", i < 3 ? "sticky" : "range");
                participants.add(new Participant(client));
            }
        }

        void take(Step step) {
            switch (step) {
                case Step.Acts(var client) -> act(participants.get(client));
                case Step.Leaves(var client) -> leave(participants.get(client));
                case Step.Restarts(var client) -> restart(participants.get(client));
                case Step.Subscribes(var client, var topic) ->
                        participants.get(client).client.reading("t", "t" + topic);
                case Step.Passes(var ms) -> rig.advance(ms);
                case Step.StoreHolds() -> rig.holdSaves = true;
                case Step.StoreSaves() -> {
                    rig.holdSaves = false;
                    rig.completeSaves();
                }
                case Step.StoreFails() -> rig.failSaves(Errors.COORDINATOR_NOT_AVAILABLE);
                case Step.CoordinatorRestarts() -> restartCoordinator();
            }
        }

        /// Generations start again from what was saved, so an unsaved one may be given twice: what
        /// was agreed on in it is forgotten with it. Calls that waited break off.
        private void restartCoordinator() {
            rig.restart();
            int saved = rig.group.generation();
            leaders.keySet().removeIf(generation -> generation > saved);
            protocols.keySet().removeIf(generation -> generation > saved);
            for (var participant : participants) {
                var client = participant.client;
                if (client.join != null && client.join.waits()) {
                    client.join.answered(
                            GroupAnswer.Joined.refused(Errors.NOT_COORDINATOR, client.memberId));
                }
                if (client.sync != null && client.sync.waits()) {
                    client.sync.answered(GroupAnswer.Synced.refused(Errors.NOT_COORDINATOR));
                }
            }
        }

        private void act(Participant participant) {
            var client = participant.client;
            if (client.join == null) {
                join(participant);
            } else if (client.join.waits() || (client.sync != null && client.sync.waits())) {
                return; // A client has one of these calls under way at a time.
            } else if (client.join.error() != Errors.NONE) {
                afterRefusal(participant, client.join.error());
            } else if (!participant.synced) {
                client.takeId();
                client.syncs();
                participant.synced = true;
                tickets.add(client.sync);
            } else if (client.sync.error() != Errors.NONE) {
                afterRefusal(participant, client.sync.error());
            } else {
                var error = client.heartbeats();
                if (error != Errors.NONE) {
                    afterRefusal(participant, error);
                }
            }
        }

        private void afterRefusal(Participant participant, Errors error) {
            if (error == Errors.UNKNOWN_MEMBER_ID || error == Errors.FENCED_INSTANCE_ID) {
                participant.client.memberId = "";
            } else if (error == Errors.MEMBER_ID_REQUIRED) {
                participant.client.takeId();
            }
            join(participant);
        }

        private void join(Participant participant) {
            participant.synced = false;
            participant.client.sync = null;
            tickets.add(participant.client.sendJoin());
        }

        private void leave(Participant participant) {
            var client = participant.client;
            if (client.join != null && !client.join.waits() && !client.memberId.isEmpty()) {
                client.leaves("");
                client.memberId = "";
                client.join = null;
                participant.synced = false;
            }
        }

        private void restart(Participant participant) {
            participant.client.memberId = "";
            participant.client.join = null;
            participant.client.sync = null;
            participant.synced = false;
        }

        void checkAgreement() {
            if (rig.group.isStable() && rig.held.isEmpty()) {
                assertThat(participants)
                        .as("nobody waits to join a stable group")
                        .noneMatch(p -> p.client.join != null && p.client.join.waits());
            }
            for (var participant : participants) {
                var join = participant.client.join;
                if (join == null || join.waits() || join.error() != Errors.NONE) {
                    continue;
                }
                var joined = participant.client.joined();
                if (!seen.add(joined)) {
                    continue;
                }
                var chosen = protocols.computeIfAbsent(joined.generation(), _ -> new HashSet<>());
                chosen.add(joined.protocolName().orElseThrow());
                assertThat(chosen).as("protocols of %d", joined.generation()).hasSize(1);
                if (!joined.members().isEmpty() && !joined.skipAssignment()) {
                    var leading =
                            leaders.computeIfAbsent(joined.generation(), _ -> new HashSet<>());
                    leading.add(joined.memberId());
                    assertThat(leading).as("leaders of %d", joined.generation()).hasSize(1);
                }
            }
            for (var participant : participants) {
                if (participant.hasAssignment()) {
                    // The share was made for this member, or for the static one it came back as.
                    var share = participant.client.assignment();
                    assertThat(share).startsWith("share of " + participant.client.name + "-");
                }
            }
        }

        /// Everybody goes on asking, as clients do, while time passes.
        void settle() {
            rig.holdSaves = false;
            rig.completeSaves();
            for (int round = 0; round < 400; round++) {
                participants.forEach(this::act);
                rig.advance(1_000);
            }
        }

        /// Calls that still wait after that time.
        List<GroupRig.Ticket> waitingFor(long ms) {
            rig.advance(ms);
            return tickets.stream().filter(GroupRig.Ticket::waits).filter(this::isCurrent).toList();
        }

        private boolean isCurrent(GroupRig.Ticket ticket) {
            return participants.stream()
                    .map(p -> p.client)
                    .anyMatch(c -> ticket.equals(c.join) || ticket.equals(c.sync));
        }
    }
}
