package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupEvent.Protocol;
import io.moldau.metadata.GroupImage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;

/// A group in virtual time, with clients that act like Kafka's and a store that saves at once
/// unless told to hold.
final class GroupRig {
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    ClassicGroup group;
    long nowMs = 1_000_000;
    boolean holdSaves;
    final Deque<GroupEffect.Save> held = new ArrayDeque<>();
    final List<GroupEffect.Rebalanced> rebalances = new ArrayList<>();
    final List<GroupImage> saved = new ArrayList<>();
    private final GroupSettings settings;
    private int ids;

    GroupRig(GroupSettings settings) {
        this.settings = settings;
        this.group = ClassicGroup.empty("orders", settings, nowMs);
    }

    /// A group that forms its first generation with the first member.
    static GroupRig undelayed() {
        return new GroupRig(GroupSettings.defaults().withInitialRebalanceDelayMs(0));
    }

    /// A consumer of topic `t` that offers `range`.
    Client client(String name) {
        return new Client(name);
    }

    Client staticClient(String instance) {
        var client = new Client(instance);
        client.instance = Optional.of(instance);
        return client;
    }

    /// Lets time pass, with every wake-up that the group asked for.
    void advance(long ms) {
        long untilMs = nowMs + ms;
        while (group.wakeAtMs() <= untilMs) {
            nowMs = Math.max(nowMs, group.wakeAtMs());
            step(new GroupEvent.Tick());
        }
        nowMs = untilMs;
    }

    /// The coordinator starts again from what was saved last.
    void restart() {
        group = ClassicGroup.restored(saved.getLast(), settings, nowMs);
        held.clear();
    }

    void step(GroupEvent event) {
        for (var effect : group.step(event, nowMs)) {
            switch (effect) {
                case GroupEffect.Answer(var caller, var answer) ->
                        ((Ticket) caller).answered(answer);
                case GroupEffect.Save save -> held.add(save);
                case GroupEffect.Rebalanced told -> rebalances.add(told);
            }
        }
        if (!holdSaves) {
            completeSaves();
        }
    }

    void completeSaves() {
        while (!held.isEmpty()) {
            var save = held.poll();
            saved.add(save.group());
            step(new GroupEvent.Saved(save.saveId()));
        }
    }

    void failSaves(Errors error) {
        var failed = List.copyOf(held);
        held.clear();
        failed.forEach(save -> step(new GroupEvent.NotSaved(save.saveId(), error)));
    }

    static ByteString subscription(String... topics) {
        return subscription(ByteString.EMPTY, topics);
    }

    static ByteString subscription(ByteString userData, String... topics) {
        var data =
                new ConsumerProtocolSubscription()
                        .setTopics(Arrays.asList(topics))
                        .setUserData(userData.asReadOnlyByteBuffer());
        ByteBuffer bytes = MessageUtil.toVersionPrefixedByteBuffer((short) 1, data);
        return ByteString.copyFrom(bytes);
    }

    /// One call and, once it is there, its answer.
    static final class Ticket implements Caller {
        private GroupAnswer answer;

        void answered(GroupAnswer given) {
            if (answer != null) {
                throw new AssertionError("answered twice: " + answer + ", then " + given);
            }
            answer = given;
        }

        boolean waits() {
            return answer == null;
        }

        <A extends GroupAnswer> A as(Class<A> type) {
            if (answer == null) {
                throw new AssertionError("not answered yet");
            }
            return type.cast(answer);
        }

        Errors error() {
            return switch (answer) {
                case GroupAnswer.Joined joined -> joined.error();
                case GroupAnswer.Synced synced -> synced.error();
                case GroupAnswer.Alive alive -> alive.error();
                case GroupAnswer.Left left -> left.outcomes().getFirst().error();
            };
        }
    }

    final class Client {
        final String name;
        String memberId = "";
        Optional<String> instance = Optional.empty();
        int sessionMs = SESSION_MS;
        int rebalanceMs = REBALANCE_MS;
        boolean idRoundTrip = true;
        boolean skipsAssignment = true;
        String reason = "";
        String protocolType = "consumer";
        final Map<String, ByteString> protocols = new LinkedHashMap<>();
        Ticket join;
        Ticket sync;

        Client(String name) {
            this.name = name;
            protocols.put("range", subscription("t"));
        }

        Client offering(String... names) {
            protocols.clear();
            for (var protocol : names) {
                protocols.put(protocol, subscription("t"));
            }
            return this;
        }

        Client withRebalanceMs(int ms) {
            rebalanceMs = ms;
            return this;
        }

        Client reading(String... topics) {
            protocols.replaceAll((_, _) -> subscription(topics));
            return this;
        }

        /// One JoinGroup, and the second one if the first only gave an id.
        Client joins() {
            sendJoin();
            if (!join.waits() && join.error() == Errors.MEMBER_ID_REQUIRED) {
                takeId();
                sendJoin();
            }
            takeId();
            return this;
        }

        Ticket sendJoin() {
            join = new Ticket();
            step(
                    new GroupEvent.Join(
                            join,
                            memberId,
                            name + "-" + ++ids,
                            instance,
                            name,
                            "/127.0.0.1",
                            sessionMs,
                            rebalanceMs,
                            protocolType,
                            protocols.entrySet().stream()
                                    .map(p -> new Protocol(p.getKey(), p.getValue()))
                                    .toList(),
                            idRoundTrip,
                            skipsAssignment,
                            reason));
            return join;
        }

        void takeId() {
            if (!join.waits()) {
                memberId = joined().memberId();
            }
        }

        /// A process that starts again has forgotten its member id.
        Client restarts() {
            memberId = "";
            return joins();
        }

        GroupAnswer.Joined joined() {
            return join.as(GroupAnswer.Joined.class);
        }

        int generation() {
            return joined().generation();
        }

        boolean leads() {
            return joined().leaderId().equals(memberId);
        }

        /// Gives everybody in the leader's list one assignment, made from the member's id.
        Client syncs() {
            takeId();
            var assignments = new HashMap<String, ByteString>();
            for (var member : joined().members()) {
                assignments.put(member.memberId(), share(member.memberId()));
            }
            return syncs(assignments);
        }

        Client syncs(Map<String, ByteString> assignments) {
            sync = new Ticket();
            step(
                    new GroupEvent.Sync(
                            sync,
                            memberId,
                            instance,
                            generation(),
                            joined().protocolType(),
                            joined().protocolName(),
                            assignments));
            return this;
        }

        Ticket sendSync(Function<GroupEvent.Sync, GroupEvent.Sync> change) {
            sync = new Ticket();
            var asked =
                    new GroupEvent.Sync(
                            sync,
                            memberId,
                            instance,
                            generation(),
                            Optional.of("consumer"),
                            Optional.of("range"),
                            Map.of());
            step(change.apply(asked));
            return sync;
        }

        ByteString share(String member) {
            return ByteString.copyFromUtf8("share of " + member);
        }

        String assignment() {
            return sync.as(GroupAnswer.Synced.class).assignment().toStringUtf8();
        }

        Errors heartbeats() {
            return heartbeats(generation());
        }

        Errors heartbeats(int generation) {
            var ticket = new Ticket();
            step(new GroupEvent.Heartbeat(ticket, memberId, instance, generation));
            return ticket.error();
        }

        Errors leaves(String why) {
            var ticket = new Ticket();
            step(
                    new GroupEvent.Leave(
                            ticket, List.of(new GroupEvent.Leaver(memberId, instance, why))));
            return ticket.error();
        }

        Errors commits() {
            return group.admitCommit(memberId, instance, generation(), nowMs);
        }
    }

    /// Brings the group to a stable generation of these members.
    void stable(Client... clients) {
        for (var client : clients) {
            client.joins();
        }
        // Those who were there before must come back for the newcomers.
        for (int round = 0; round < clients.length && !group.isStable(); round++) {
            for (var client : clients) {
                if (!client.join.waits() && group.stateName().equals("PreparingRebalance")) {
                    client.joins();
                }
            }
            advance(0);
        }
        for (var client : clients) {
            client.syncs();
        }
    }
}
