package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.accepted;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.ElectionType;
import io.moldau.metadata.MetadataCommand.GiveUpReplica;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.MetadataMachine.Decision;
import io.moldau.metadata.Outcome.PartitionAnswer;
import io.moldau.metadata.Outcome.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides who is in sync, and who leads when someone asks for an election.
final class LeaderDecisions {
    private LeaderDecisions() {}

    static Decision changeIsr(ChangeIsr command, ClusterImage image) {
        var topic = image.topic(command.topicId());
        if (topic == null || !topic.hasPartition(command.partition())) {
            return notThere(command.topicId(), command.partition(), image);
        }
        var partition = topic.partitions().get(command.partition());
        var refusal = isrRefusal(command, partition, image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var changed =
                new PartitionChange(partition, PartitionRules.of(topic.name(), image))
                        .isr(ordered(command.isr(), partition))
                        .done();
        var after = new TopicEdit(topic).set(command.partition(), changed).done();
        return accepted(new ImageEdit(image).put(after).done(), new Outcome.IsrChanged(changed));
    }

    private static Decision notThere(Uuid topicId, int partition, ClusterImage image) {
        var topic = image.topic(topicId);
        return topic == null
                ? refused(
                        image,
                        Errors.UNKNOWN_TOPIC_ID,
                        "No topic has the id %s.".formatted(topicId))
                : refused(
                        image,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "The topic %s has no partition %d.".formatted(topic.name(), partition));
    }

    static Decision giveUp(GiveUpReplica command, ClusterImage image) {
        var refusal = NodeDecisions.epochRefusal(command.nodeId(), command.nodeEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var topic = image.topic(command.topicId());
        if (topic == null || !topic.hasPartition(command.partition())) {
            return notThere(command.topicId(), command.partition(), image);
        }
        var partition = topic.partitions().get(command.partition());
        if (command.leaderEpoch() != partition.leaderEpoch()) {
            return new Decision(image, otherEpoch(partition, command.leaderEpoch()));
        }
        boolean counts =
                partition.isr().contains(command.nodeId())
                        || (command.lost() && partition.elr().contains(command.nodeId()));
        boolean mayBeNamed =
                command.lost()
                        && partition.replicas().contains(command.nodeId())
                        && partition.leader() != PartitionImage.NO_LEADER;
        if (!counts && !mayBeNamed) {
            return accepted(image, new Outcome.IsrChanged(partition));
        }
        var change = new PartitionChange(partition, PartitionRules.of(topic.name(), image));
        var changed =
                (counts
                                ? change.withoutFailed(command.nodeId(), command.lost())
                                : change.inNewReign())
                        .done();
        var after = new TopicEdit(topic).set(command.partition(), changed).done();
        return accepted(new ImageEdit(image).put(after).done(), new Outcome.IsrChanged(changed));
    }

    private static Refused otherEpoch(PartitionImage partition, int asked) {
        return new Refused(
                Errors.FENCED_LEADER_EPOCH,
                "The leader epoch is %d, not %d.".formatted(partition.leaderEpoch(), asked));
    }

    /// Whoever stays keeps the place; once someone joins, all stand in order of their ids.
    private static List<Integer> ordered(List<IsrMember> members, PartitionImage partition) {
        var ids = members.stream().map(IsrMember::nodeId).sorted().toList();
        return partition.isr().containsAll(ids)
                ? partition.isr().stream().filter(ids::contains).toList()
                : ids;
    }

    private static @Nullable Refused isrRefusal(
            ChangeIsr command, PartitionImage partition, ClusterImage image) {
        if (command.leaderEpoch() != partition.leaderEpoch()) {
            return otherEpoch(partition, command.leaderEpoch());
        }
        if (command.partitionEpoch() != partition.partitionEpoch()) {
            return new Refused(
                    Errors.INVALID_UPDATE_VERSION,
                    "The partition epoch is %d, not %d."
                            .formatted(partition.partitionEpoch(), command.partitionEpoch()));
        }
        var isr = command.isr().stream().map(IsrMember::nodeId).toList();
        if (!isr.contains(partition.leader())
                || !partition.replicas().containsAll(isr)
                || new HashSet<>(isr).size() != isr.size()) {
            return new Refused(
                    Errors.INVALID_REQUEST,
                    "ISR %s does not fit leader %d and replicas %s."
                            .formatted(isr, partition.leader(), partition.replicas()));
        }
        for (var member : command.isr()) {
            var refusal = memberRefusal(member, partition.leader(), image);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /// A leader that is about to stop may still bring in the one that will take over.
    private static @Nullable Refused memberRefusal(
            IsrMember member, int leader, ClusterImage image) {
        var node = image.node(member.nodeId());
        if (node == null || node.fenced()) {
            return new Refused(
                    Errors.INELIGIBLE_REPLICA, "Node %d is not alive.".formatted(member.nodeId()));
        }
        if (node.nodeEpoch() != member.nodeEpoch()) {
            return new Refused(
                    Errors.INELIGIBLE_REPLICA,
                    "Node %d is in epoch %d; it was in sync in epoch %d."
                            .formatted(node.id(), node.nodeEpoch(), member.nodeEpoch()));
        }
        return node.shuttingDown() && node.id() != leader
                ? new Refused(
                        Errors.INELIGIBLE_REPLICA, "Node %d is about to stop.".formatted(node.id()))
                : null;
    }

    static Decision elect(ElectLeaders command, ClusterImage image) {
        var answers = new ArrayList<PartitionAnswer>();
        var edit = new ImageEdit(image);
        if (command.topics() == null) {
            for (var topic : image.topics()) {
                elect(command.type(), topic, allOf(topic), image, edit, answers);
            }
            answers.removeIf(answer -> answer.error() == Errors.ELECTION_NOT_NEEDED);
        } else {
            for (var asked : command.topics()) {
                elect(command.type(), asked, image, edit, answers);
            }
        }
        boolean elected = answers.stream().anyMatch(answer -> answer.error() == Errors.NONE);
        return accepted(
                elected ? edit.done() : image,
                new Outcome.PartitionsAnswered(List.copyOf(answers)));
    }

    private static List<Integer> allOf(TopicImage topic) {
        return IntStream.range(0, topic.partitions().size()).boxed().toList();
    }

    private static void elect(
            ElectionType type,
            MetadataCommand.TopicPartitions asked,
            ClusterImage image,
            ImageEdit edit,
            List<PartitionAnswer> answers) {
        // A topic may be named more than once, hence not the one of the image.
        var topic = edit.topic(asked.topic());
        if (topic == null) {
            for (int partition : asked.partitions()) {
                answers.add(unknown(asked.topic(), partition));
            }
        } else {
            elect(type, topic, asked.partitions(), image, edit, answers);
        }
    }

    private static void elect(
            ElectionType type,
            TopicImage topic,
            List<Integer> partitions,
            ClusterImage image,
            ImageEdit edit,
            List<PartitionAnswer> answers) {
        var rules = PartitionRules.of(topic.name(), image);
        var changed = new TopicEdit(topic);
        for (int number : partitions) {
            if (!topic.hasPartition(number)) {
                answers.add(unknown(topic.name(), number));
                continue;
            }
            var before = changed.get(number);
            var answer = notNow(type, topic.name(), number, before, rules);
            if (answer == null) {
                var change = new PartitionChange(before, rules);
                var after =
                        switch (type) {
                            case PREFERRED ->
                                    change.preferring(before.replicas().getFirst()).done();
                            case UNCLEAN -> change.uncleanly().done();
                        };
                changed.set(number, after);
                answer = new PartitionAnswer(topic.name(), number, Errors.NONE, null);
            }
            answers.add(answer);
        }
        if (changed.differs()) {
            edit.put(changed.done());
        }
    }

    /// Why the election cannot be, or need not be; `null` if it can.
    private static @Nullable PartitionAnswer notNow(
            ElectionType type,
            String topic,
            int number,
            PartitionImage partition,
            PartitionRules rules) {
        var refusal =
                switch (type) {
                    case PREFERRED -> notPreferred(partition, rules);
                    case UNCLEAN -> notUnclean(partition, rules);
                };
        return refusal == null
                ? null
                : new PartitionAnswer(topic, number, refusal.error(), refusal.message());
    }

    private static @Nullable Refused notPreferred(PartitionImage partition, PartitionRules rules) {
        int preferred = partition.replicas().getFirst();
        if (partition.leader() == preferred) {
            return new Refused(
                    Errors.ELECTION_NOT_NEEDED,
                    "Node %d, the preferred one, leads already.".formatted(preferred));
        }
        return partition.isr().contains(preferred) && rules.eligible(preferred)
                ? null
                : new Refused(
                        Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                        "Node %d, the preferred one, is not alive and in sync."
                                .formatted(preferred));
    }

    private static @Nullable Refused notUnclean(PartitionImage partition, PartitionRules rules) {
        if (partition.leader() != PartitionImage.NO_LEADER) {
            return new Refused(
                    Errors.ELECTION_NOT_NEEDED,
                    "Node %d leads already.".formatted(partition.leader()));
        }
        return partition.replicas().stream().anyMatch(rules::eligible)
                ? null
                : new Refused(
                        Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                        "None of the replicas %s is alive.".formatted(partition.replicas()));
    }

    static PartitionAnswer unknown(String topic, int partition) {
        return new PartitionAnswer(
                topic,
                partition,
                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                "The topic %s has no partition %d.".formatted(topic, partition));
    }
}
