package io.moldau.chaos.sim.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupAnswer;
import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.group.GroupEvent.Protocol;
import io.moldau.chaos.sim.cluster.SimCluster;
import io.moldau.chaos.sim.cluster.SimNode;
import io.moldau.chaos.sim.group.SimCoordinator.Reign;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/// A group: the processes that are its members, one after the other in each place, and what the
/// judge hears of them.
final class SimGroup {
    static final String PROTOCOL_TYPE = "consumer";
    static final String PROTOCOL = "range";
    static final List<Protocol> PROTOCOLS = List.of(new Protocol(PROTOCOL, subscription()));

    private final SimCluster cluster;
    private final GroupJudge judge;
    private final List<SimCoordinator> coordinators;
    private final String name;
    private final Luck luck;
    private final int sessionTimeoutMs;
    private final int rebalanceTimeoutMs;
    private final long heartbeatMs;
    private final List<SimMember> members = new ArrayList<>();
    private final List<Optional<String>> instances = new ArrayList<>();
    private int processes;
    private long lastSerial;

    SimGroup(
            String name,
            int number,
            SimCluster cluster,
            GroupJudge judge,
            List<SimCoordinator> coordinators) {
        this.name = name;
        this.cluster = cluster;
        this.judge = judge;
        this.coordinators = coordinators;
        luck = new Luck(cluster.mix().seed(), 40_000 + number);
        lastSerial = number * 1_000_000L;
        sessionTimeoutMs = (int) luck.between(200, 900);
        heartbeatMs = Math.max(30, sessionTimeoutMs / 6);
        // Who hears of a rebalance with its next heartbeat can be back in time.
        rebalanceTimeoutMs = (int) (2 * heartbeatMs + luck.between(100, 700));
        boolean isStatic = luck.chance(0.3);
        int size = 1 + luck.below(4);
        for (int place = 0; place < size; place++) {
            var instance = name + "-" + place;
            instances.add(isStatic ? Optional.of(instance) : Optional.empty());
            members.add(newProcess(place));
        }
        keep();
        new Onlooker(this, new Luck(cluster.mix().seed(), 60_000 + number)).look();
    }

    private static ByteString subscription() {
        var data = new ConsumerProtocolSubscription().setTopics(List.of(Mix.TOPIC));
        return ByteString.copyFrom(MessageUtil.toVersionPrefixedByteBuffer((short) 1, data));
    }

    private SimMember newProcess(int place) {
        var process = "%s-%d.%d".formatted(name, place, ++processes);
        return new SimMember(
                this,
                instances.get(place),
                process,
                new Luck(cluster.mix().seed(), 50_000 + process.hashCode()));
    }

    /// Whoever is gone is replaced sooner or later.
    private void keep() {
        for (int place = 0; place < members.size(); place++) {
            if (members.get(place).isGone() && luck.chance(0.4)) {
                members.set(place, newProcess(place));
            }
        }
        cluster.timeline().in(luck.between(20, 400), this::keep);
    }

    // ---- facts ----

    SimCluster cluster() {
        return cluster;
    }

    GroupJudge judge() {
        return judge;
    }

    String name() {
        return name;
    }

    String topic() {
        return Mix.TOPIC;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    long heartbeatMs() {
        return heartbeatMs;
    }

    long nextSerial() {
        return ++lastSerial;
    }

    SimCoordinator coordinator(SimNode node) {
        return coordinators.get(node.id() - 1);
    }

    SimMember anyMember(Luck by) {
        return members.get(by.below(members.size()));
    }

    void resume() {
        members.forEach(SimMember::resume);
    }

    // ---- what the judge hears ----

    void onRequest(SimCoordinator coordinator, Class<? extends GroupAnswer> type) {
        var reign = coordinator.reign(name);
        if (reign != null && (type == Joined.class || type == Left.class)) {
            reign.quiet = false;
        }
    }

    /// @param reign in which the coordinator answers; null when it says that it is none
    void onAnswer(
            SimCoordinator coordinator,
            @Nullable Reign reign,
            SimMember member,
            Requests.Asking<?> asking,
            GroupAnswer given) {
        if (given instanceof Synced synced && synced.error() == Errors.NONE && reign != null) {
            judge.onAssigned(
                    coordinator.node(),
                    reign.epoch,
                    name,
                    asking.generation(),
                    member.instance().orElse(asking.memberId()),
                    synced.assignment().toByteArray());
        }
        if (given instanceof Alive(var error)
                && (error == Errors.UNKNOWN_MEMBER_ID || error == Errors.ILLEGAL_GENERATION)) {
            judge.onSentAway(
                    reign,
                    coordinator.node().nowMs(),
                    sessionTimeoutMs,
                    name,
                    asking.memberId(),
                    asking.generation());
        }
    }

    /// @return what the client is told
    Errors onCommitted(CommitOffsets command, Outcome outcome) {
        if (outcome instanceof Outcome.Refused(var error, _)) {
            return error;
        }
        var gone = outcome instanceof Outcome.OffsetsCommitted(var topics) ? topics : List.of();
        for (var topic : command.topics()) {
            for (var partition : topic.partitions()) {
                judge.onCommitted(
                        name,
                        partition.partition(),
                        Commit.of(partition.metadata()),
                        gone.contains(topic.topicId()));
            }
        }
        return gone.isEmpty() ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /// Offsets by partition, once the judge has seen them.
    Map<Integer, Long> read(CommittedOffsets offsets, long[] known) {
        judge.onRead(name, known, offsets);
        var read = new HashMap<Integer, Long>();
        for (int partition = 0; partition < known.length; partition++) {
            var committed = offsets.get(name, Mix.TOPIC, partition);
            if (committed != null) {
                read.put(partition, committed.offset());
            }
        }
        return read;
    }

    Violation unexpected(String process, Errors error) {
        return new Violation("member %s of %s is told %s".formatted(process, name, error));
    }

    /// The group as each node sees it that coordinates it or believes to.
    private List<String> views() {
        return coordinators.stream().flatMap(each -> each.view(name).stream()).toList();
    }

    // ---- the end ----

    /// What is still to come until all members own their share in one generation, and have
    /// committed since `sinceMs`; null when nothing is.
    String unfinished(long sinceMs) {
        var saved = cluster.metadata().newest().group(name);
        if (saved == null) {
            return "group %s is not there".formatted(name);
        }
        var owners = new int[cluster.mix().partitions()];
        var ids = new TreeSet<String>();
        for (var member : members) {
            if (member.generation() != saved.generation() || !member.isSettledSince(sinceMs)) {
                return "member %s of %s is not settled: %s"
                        .formatted(member.process(), name, views());
            }
            ids.add(member.memberId());
            for (byte partition : member.owned()) {
                owners[partition]++;
            }
        }
        var known =
                new TreeSet<>(saved.members().stream().map(GroupImage.Member::memberId).toList());
        if (!known.equals(ids)) {
            return "group %s has members %s, and they are %s".formatted(name, known, ids);
        }
        for (int partition = 0; partition < owners.length; partition++) {
            if (owners[partition] != 1) {
                return "%d members of %s own partition %d"
                        .formatted(owners[partition], name, partition);
            }
        }
        return null;
    }
}
