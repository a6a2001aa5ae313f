package io.moldau.chaos.fault;

import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.timeline.ClusterSample.PartitionSample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/// What an operator does to a cluster, at bad moments.
final class AdminHarm {
    private static final int PARTITIONS_AT_ONCE = 3;
    private static final int LEAST_REPLICAS = 2;
    private static final long ANSWERED_WITHIN_MS = 20_000;
    private static final long RETRY_MS = 500;
    private static final int TRIES = 20;

    private AdminHarm() {}

    /// Some partitions that have replicas, as they were seen last.
    private static List<PartitionSample> some(Strike strike) {
        var seen = new ArrayList<>(strike.scene().eye().latest().partitions());
        if (seen.isEmpty()) {
            throw new Skipped("nobody knows of any partition");
        }
        Collections.shuffle(seen, strike.luck());
        int count = 1 + strike.luck().nextInt(Math.min(PARTITIONS_AT_ONCE, seen.size()));
        return seen.subList(0, count);
    }

    private static TopicPartition partition(PartitionSample sample) {
        int dash = sample.name().lastIndexOf('-');
        return new TopicPartition(
                sample.name().substring(0, dash),
                Integer.parseInt(sample.name().substring(dash + 1)));
    }

    private static String names(List<PartitionSample> samples) {
        return samples.stream().map(PartitionSample::name).collect(Collectors.joining(","));
    }

    /// Its answer, or what was wrong in a few words.
    private static String outcome(KafkaFuture<?> future) throws InterruptedException {
        try {
            future.get(ANSWERED_WITHIN_MS, TimeUnit.MILLISECONDS);
            return "";
        } catch (ExecutionException refused) {
            return refused.getCause().getClass().getSimpleName();
        } catch (TimeoutException nobody) {
            return "no answer";
        }
    }

    private static void move(Strike strike, Map<TopicPartition, List<Integer>> targets)
            throws InterruptedException {
        var moves =
                targets.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        to ->
                                                Optional.of(
                                                        new NewPartitionReassignment(
                                                                to.getValue()))));
        var admin = strike.scene().eye().admin();
        var failure = outcome(admin.alterPartitionReassignments(moves).all());
        if (!failure.isEmpty()) {
            strike.say("moving: " + failure);
        }
    }

    /// To other nodes where there are more than replicas; else one replica fewer, and back again.
    static void reassign(Strike strike) throws InterruptedException {
        var chosen = some(strike);
        strike.begin(names(chosen));
        var before = new HashMap<TopicPartition, List<Integer>>();
        var after = new HashMap<TopicPartition, List<Integer>>();
        for (var sample : chosen) {
            before.put(partition(sample), sample.replicas());
            after.put(partition(sample), elsewhere(strike, sample.replicas()));
        }
        strike.say("to " + after.values());
        try {
            move(strike, after);
            strike.hold();
        } finally {
            restore(strike, before, after);
        }
    }

    private static List<Integer> elsewhere(Strike strike, List<Integer> replicas) {
        var ids = new ArrayList<>(strike.scene().nodes().ids());
        Collections.shuffle(ids, strike.luck());
        int count =
                ids.size() > replicas.size()
                        ? replicas.size()
                        : Math.max(Math.min(LEAST_REPLICAS, replicas.size()), replicas.size() - 1);
        return List.copyOf(ids.subList(0, count));
    }

    /// As many replicas as before: on a cluster with room to spare they stay where they went.
    private static void restore(
            Strike strike,
            Map<TopicPartition, List<Integer>> before,
            Map<TopicPartition, List<Integer>> after)
            throws InterruptedException {
        var lessened = new HashMap<TopicPartition, List<Integer>>();
        before.forEach((partition, replicas) -> {
            if (after.get(partition).size() < replicas.size()) {
                lessened.put(partition, replicas);
            }
        });
        for (int i = 0; !lessened.isEmpty() && i < TRIES; i++) {
            move(strike, lessened);
            strike.scene().eye().look();
            var now = strike.scene().eye().latest().partitions();
            lessened.keySet().removeIf(partition -> hasAll(partition, lessened, now));
            TimeUnit.MILLISECONDS.sleep(lessened.isEmpty() ? 0 : RETRY_MS);
        }
    }

    private static boolean hasAll(
            TopicPartition partition,
            Map<TopicPartition, List<Integer>> wanted,
            List<PartitionSample> now) {
        return now.stream()
                .filter(sample -> partition(sample).equals(partition))
                .anyMatch(sample -> sample.replicas().containsAll(wanted.get(partition)));
    }

    /// The replicas' order says who is preferred.
    static void elect(Strike strike) throws InterruptedException {
        var chosen = some(strike);
        strike.begin(names(chosen));
        var orders = new HashMap<TopicPartition, List<Integer>>();
        for (var sample : chosen) {
            orders.put(partition(sample), shuffled(sample.replicas(), strike.luck()));
        }
        move(strike, orders);
        var admin = strike.scene().eye().admin();
        var failure =
                outcome(admin.electLeaders(ElectionType.PREFERRED, orders.keySet()).partitions());
        if (!failure.isEmpty()) {
            strike.say("electing: " + failure);
        }
    }

    private static List<Integer> shuffled(List<Integer> ids, Random luck) {
        var mixed = new ArrayList<>(ids);
        Collections.shuffle(mixed, luck);
        return mixed;
    }

    static void voters(Strike strike) throws InterruptedException {
        var scene = strike.scene();
        var voters = voters(scene.eye());
        var aimed = scene.aimed(strike.fault().aim(), strike.luck());
        var chosen =
                voters.stream()
                        .filter(voter -> aimed.contains(voter.replicaId()))
                        .findFirst()
                        .or(() -> voters.stream().findFirst())
                        .orElseThrow(() -> new Skipped("nobody tells who votes"));
        strike.begin("voter " + chosen.replicaId());
        try {
            var removed =
                    outcome(
                            scene.eye()
                                    .admin()
                                    .removeRaftVoter(
                                            chosen.replicaId(), chosen.replicaDirectoryId())
                                    .all());
            strike.say(removed.isEmpty() ? "votes no longer" : "removing: " + removed);
            strike.hold();
        } finally {
            addBack(strike, chosen);
        }
    }

    private static List<QuorumInfo.ReplicaState> voters(ClusterEye eye) {
        return ClusterEye.answer(eye.admin().describeMetadataQuorum().quorumInfo())
                .map(QuorumInfo::voters)
                .orElseGet(List::of);
    }

    /// The cluster may have found a voter by itself meanwhile.
    private static void addBack(Strike strike, QuorumInfo.ReplicaState voter)
            throws InterruptedException {
        var eye = strike.scene().eye();
        for (int i = 0; i < TRIES; i++) {
            var now = voters(eye);
            boolean isOdd = now.size() % 2 == 1;
            boolean votes = now.stream().anyMatch(v -> v.replicaId() == voter.replicaId());
            if (votes || (isOdd && now.size() >= 3)) {
                return;
            }
            var endpoints = Set.of(new RaftVoterEndpoint("CONTROLLER", "localhost", 1));
            var failure =
                    outcome(
                            eye.admin()
                                    .addRaftVoter(
                                            voter.replicaId(),
                                            voter.replicaDirectoryId(),
                                            endpoints)
                                    .all());
            if (!failure.isEmpty() && i == TRIES - 1) {
                strike.say("adding: " + failure);
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }
}
