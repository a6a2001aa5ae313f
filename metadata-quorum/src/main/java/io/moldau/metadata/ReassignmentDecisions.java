package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.accepted;

import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.MetadataMachine.Decision;
import io.moldau.metadata.Outcome.PartitionAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides moves of partitions to other nodes.
///
/// A move adds its target to the replicas, waits until that is in sync, and then drops those that
/// are not part of it. Called off, it drops what it had added.
///
/// Neither drops replicas that are in sync at once where fewer than `min.insync.replicas` would be
/// left: what was acknowledged may be nowhere else. Kafka does.
///
/// Source: KIP-455.
final class ReassignmentDecisions {
    private final ClusterImage image;
    private final Map<String, TopicEdit> topics = new HashMap<>();

    private ReassignmentDecisions(ClusterImage image) {
        this.image = image;
    }

    static Decision alter(AlterReassignments command, ClusterImage image) {
        var decisions = new ReassignmentDecisions(image);
        var answers = new ArrayList<PartitionAnswer>(command.reassignments().size());
        for (var reassignment : command.reassignments()) {
            answers.add(decisions.alter(reassignment));
        }
        boolean altered = answers.stream().anyMatch(answer -> answer.error() == Errors.NONE);
        return accepted(
                altered ? decisions.done() : image,
                new Outcome.PartitionsAnswered(List.copyOf(answers)));
    }

    private PartitionAnswer alter(Reassignment asked) {
        var topic = image.topic(asked.topic());
        if (topic == null || !topic.hasPartition(asked.partition())) {
            return LeaderDecisions.unknown(asked.topic(), asked.partition());
        }
        var edit = topics.computeIfAbsent(topic.name(), _ -> new TopicEdit(topic));
        var before = edit.get(asked.partition());
        var rules = PartitionRules.of(topic.name(), image);
        var change = new PartitionChange(before, rules);
        var target = asked.target();
        var refusal =
                target == null
                        ? calledOff(before, rules.minIsr(), change)
                        : moved(before, target, rules.minIsr(), change);
        if (refusal != null) {
            return new PartitionAnswer(
                    asked.topic(), asked.partition(), refusal.error(), refusal.message());
        }
        edit.set(asked.partition(), change.done());
        return new PartitionAnswer(asked.topic(), asked.partition(), Errors.NONE, null);
    }

    private ClusterImage done() {
        var edit = new ImageEdit(image);
        for (var topic : topics.values()) {
            if (topic.differs()) {
                edit.put(topic.done());
            }
        }
        return edit.done();
    }

    private static Outcome.@Nullable Refused calledOff(
            PartitionImage before, int minIsr, PartitionChange change) {
        if (!before.reassigning()) {
            return new Outcome.Refused(
                    Errors.NO_REASSIGNMENT_IN_PROGRESS, "The partition is not being reassigned.");
        }
        var original = originalOf(before);
        if (original.isEmpty() || !hasOneOf(before.isr(), original)) {
            return new Outcome.Refused(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "The reassignment cannot be called off: only replicas that it added are in"
                            + " sync, %s.".formatted(before.isr()));
        }
        if (!isEnough(before, original, Math.min(minIsr, original.size()))) {
            return new Outcome.Refused(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "The reassignment cannot be called off now: of the replicas that stay too few"
                            + " are in sync, and only %s are; min.insync.replicas is %d."
                                    .formatted(before.isr(), minIsr));
        }
        change.reassign(original, List.of(), List.of());
        return null;
    }

    private Outcome.@Nullable Refused moved(
            PartitionImage before, List<Integer> target, int minIsr, PartitionChange change) {
        var fact = wrongIn(target);
        if (fact != null) {
            return new Outcome.Refused(Errors.INVALID_REPLICA_ASSIGNMENT, fact);
        }
        var original = originalOf(before);
        // What an earlier move had added, and this one does not want, goes at once, unless too few
        // would be left in sync.
        var staying = new ArrayList<>(original);
        staying.addAll(target);
        var base =
                isEnough(before, staying, Math.min(minIsr, target.size()))
                        ? original
                        : before.replicas();
        var adding = new ArrayList<>(target);
        adding.removeAll(original);
        var removing = new ArrayList<>(base);
        removing.removeAll(target);
        var all = new ArrayList<>(target);
        all.addAll(removing);
        change.reassign(List.copyOf(all), List.copyOf(adding), List.copyOf(removing));
        return null;
    }

    private @Nullable String wrongIn(List<Integer> target) {
        if (target.isEmpty()) {
            return "The target is empty: a partition needs a replica.";
        }
        if (new HashSet<>(target).size() != target.size()) {
            return "The target names a node more than once: %s.".formatted(target);
        }
        for (int id : target) {
            if (image.node(id) == null) {
                return "The target names node %d, but no such node is registered.".formatted(id);
            }
        }
        return null;
    }

    private static List<Integer> originalOf(PartitionImage partition) {
        return partition.replicas().stream()
                .filter(id -> !partition.addingReplicas().contains(id))
                .toList();
    }

    /// Whether those in sync may be cut down to `staying`. Where nobody is in sync, those who may
    /// lead next must stay: nobody else has what was acknowledged.
    private static boolean isEnough(PartitionImage before, List<Integer> staying, int needed) {
        if (before.isr().isEmpty()) {
            return staying.containsAll(before.elr()) && staying.containsAll(before.lastKnownElr());
        }
        long left = before.isr().stream().filter(staying::contains).count();
        return left >= needed || left == before.isr().size();
    }

    private static boolean hasOneOf(List<Integer> ids, List<Integer> wanted) {
        return ids.stream().anyMatch(wanted::contains);
    }
}
