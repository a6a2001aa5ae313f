package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.done;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataMachine.Decision;
import io.moldau.metadata.Outcome.Refused;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Decides what coordinators ask for. One that has been succeeded, and does not know it yet, is
/// refused: its epoch is that of a partition that others lead by now.
final class GroupDecisions {
    private static final Outcome ALL_COMMITTED = new Outcome.OffsetsCommitted(List.of());

    private GroupDecisions() {}

    static Decision commit(CommitOffsets command, ClusterImage image) {
        var refusal = coordinatorRefusal(command.group(), command.coordinatorEpoch(), image);
        return new Decision(image, refusal == null ? committed(command, image) : refusal);
    }

    /// Topics that are gone were deleted while the commit was on its way.
    private static Outcome committed(CommitOffsets command, ClusterImage image) {
        List<Uuid> unknown = null;
        for (var commits : command.topics()) {
            if (image.topic(commits.topicId()) == null) {
                unknown = unknown == null ? new ArrayList<>() : unknown;
                unknown.add(commits.topicId());
            }
        }
        return unknown == null ? ALL_COMMITTED : new Outcome.OffsetsCommitted(List.copyOf(unknown));
    }

    static Decision delete(DeleteOffsets command, ClusterImage image) {
        var refusal = coordinatorRefusal(command.group(), command.coordinatorEpoch(), image);
        return refusal == null ? done(image) : new Decision(image, refusal);
    }

    static Decision save(SaveGroup command, ClusterImage image) {
        var group = command.group();
        if (group.groupId().isEmpty()) {
            return refused(image, Errors.INVALID_GROUP_ID, "The group id is empty.");
        }
        var refusal = coordinatorRefusal(group.groupId(), command.coordinatorEpoch(), image);
        return refusal == null
                ? done(new ImageEdit(image).put(group).done())
                : new Decision(image, refusal);
    }

    /// A group that is not there may have had offsets and no members.
    static Decision delete(DeleteGroup command, ClusterImage image) {
        var refusal = coordinatorRefusal(command.group(), command.coordinatorEpoch(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        return done(
                image.group(command.group()) == null
                        ? image
                        : new ImageEdit(image).removeGroup(command.group()).done());
    }

    private static @Nullable Refused coordinatorRefusal(
            String group, int coordinatorEpoch, ClusterImage image) {
        if (coordinatorEpoch == MetadataCommand.ANY_COORDINATOR) {
            return null;
        }
        var topic = image.topic(Topic.GROUP_METADATA_TOPIC_NAME);
        if (topic == null) {
            return new Refused(
                    Errors.NOT_COORDINATOR,
                    "There is no topic %s that a coordinator could lead a partition of."
                            .formatted(Topic.GROUP_METADATA_TOPIC_NAME));
        }
        int number = Utils.abs(group.hashCode()) % topic.partitions().size();
        int current = topic.partitions().get(number).leaderEpoch();
        return current == coordinatorEpoch
                ? null
                : new Refused(
                        Errors.NOT_COORDINATOR,
                        "Group %s is coordinated in epoch %d of %s-%d, not in epoch %d."
                                .formatted(group, current, topic.name(), number, coordinatorEpoch));
    }
}
