package io.moldau.broker.api;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupStore;
import io.moldau.env.Clock;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `OffsetCommit`, API key 8, versions 2–10.
///
/// A commit becomes durable as one command of the metadata quorum; the answer waits for it. The
/// answer is laid out while the request is read, and only touched again where something failed.
///
/// - v2–4: the client may say how long the offsets are kept
/// - v6: the leader epoch of what was consumed (KIP-320)
/// - v7: static members (KIP-345)
/// - v8: flexible versions
/// - v9: GROUP_ID_NOT_FOUND where it was ILLEGAL_GENERATION (KIP-848)
/// - v10: topic ids in the place of names (KIP-848)
public final class OffsetCommitHandler
        implements RequestHandler<OffsetCommitRequestData, OffsetCommitResponseData> {
    private static final short GROUP_ID_NOT_FOUND_VERSION = 9;
    private static final short TOPIC_ID_VERSION = 10;

    private final GroupCoordinator groups;
    private final GroupStore store;
    private final int metadataMaxChars;
    private final Clock clock;

    /// @param metadataMaxChars `offset.metadata.max.bytes`, which Kafka counts in characters
    public OffsetCommitHandler(
            GroupCoordinator groups, GroupStore store, int metadataMaxChars, Clock clock) {
        this.groups = groups;
        this.store = store;
        this.metadataMaxChars = metadataMaxChars;
        this.clock = clock;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_COMMIT;
    }

    /// Commits that a client sends one behind the other share an entry of the quorum's log.
    @Override
    public boolean pipelines() {
        return true;
    }

    @Override
    public CompletableFuture<OffsetCommitResponseData> handle(
            RequestContext context, OffsetCommitRequestData request) {
        boolean byId = context.apiVersion() >= TOPIC_ID_VERSION;
        var image = store.image();
        var response = new OffsetCommitResponseData();
        var commits = new ArrayList<TopicCommits>(request.topics().size());
        for (var topic : request.topics()) {
            response.topics().add(take(topic, find(image, topic, byId), byId, commits));
        }
        if (commits.isEmpty()) {
            return CompletableFuture.completedFuture(response);
        }
        long nowMs = clock.wallMs();
        long expireMs = request.retentionTimeMs() < 0 ? -1 : nowMs + request.retentionTimeMs();
        return groups.commit(
                        new CommitOffsets(
                                request.groupId(),
                                nowMs,
                                expireMs,
                                commits,
                                MetadataCommand.ANY_COORDINATOR),
                        request.memberId(),
                        Optional.ofNullable(request.groupInstanceId()),
                        request.generationIdOrMemberEpoch(),
                        context.apiVersion() >= GROUP_ID_NOT_FOUND_VERSION
                                ? Errors.GROUP_ID_NOT_FOUND
                                : Errors.ILLEGAL_GENERATION)
                .thenApply(outcome -> finish(response, outcome, commits, byId));
    }

    private static Optional<TopicImage> find(
            ClusterImage image, OffsetCommitRequestTopic topic, boolean byId) {
        return Optional.ofNullable(byId ? image.topic(topic.topicId()) : image.topic(topic.name()));
    }

    /// Reads one topic of the request into `commits`, and lays out its answer.
    private OffsetCommitResponseTopic take(
            OffsetCommitRequestTopic topic,
            Optional<TopicImage> found,
            boolean byId,
            List<TopicCommits> commits) {
        var answers = new ArrayList<OffsetCommitResponsePartition>(topic.partitions().size());
        var valid = new ArrayList<PartitionCommit>(topic.partitions().size());
        for (var partition : topic.partitions()) {
            var error = found.isPresent() ? check(partition, found.get()) : unknown(byId);
            if (error == Errors.NONE) {
                valid.add(
                        new PartitionCommit(
                                partition.partitionIndex(),
                                partition.committedOffset(),
                                partition.committedLeaderEpoch(),
                                metadata(partition)));
            }
            answers.add(
                    new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code()));
        }
        if (!valid.isEmpty()) {
            commits.add(new TopicCommits(found.get().id(), found.get().name(), valid));
        }
        return new OffsetCommitResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(answers);
    }

    private Errors check(OffsetCommitRequestPartition partition, TopicImage topic) {
        if (!topic.hasPartition(partition.partitionIndex())) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return metadata(partition).length() > metadataMaxChars
                ? Errors.OFFSET_METADATA_TOO_LARGE
                : Errors.NONE;
    }

    private static String metadata(OffsetCommitRequestPartition partition) {
        return partition.committedMetadata() == null ? "" : partition.committedMetadata();
    }

    private static Errors unknown(boolean byId) {
        return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static OffsetCommitResponseData finish(
            OffsetCommitResponseData response,
            Outcome outcome,
            List<TopicCommits> commits,
            boolean byId) {
        switch (outcome) {
            case Outcome.Refused(var error, _) ->
                    response.topics().forEach(topic -> fail(topic, error));
            case Outcome.OffsetsCommitted(var gone) when !gone.isEmpty() ->
                    failGone(response, gone, commits, byId);
            case Outcome.Accepted _ -> {}
        }
        return response;
    }

    /// Topics that were deleted between the request and its turn in the log.
    private static void failGone(
            OffsetCommitResponseData response,
            List<Uuid> gone,
            List<TopicCommits> commits,
            boolean byId) {
        for (var commit : commits) {
            if (gone.contains(commit.topicId())) {
                response.topics().stream()
                        .filter(topic ->
                                byId
                                        ? topic.topicId().equals(commit.topicId())
                                        : topic.name().equals(commit.topic()))
                        .forEach(topic -> fail(topic, unknown(byId)));
            }
        }
    }

    private static void fail(OffsetCommitResponseTopic topic, Errors error) {
        for (var partition : topic.partitions()) {
            if (partition.errorCode() == Errors.NONE.code()) {
                partition.setErrorCode(error.code());
            }
        }
    }

    @Override
    public OffsetCommitResponseData errorResponse(
            OffsetCommitRequestData request, Errors error, String message) {
        var response = new OffsetCommitResponseData();
        for (var topic : request.topics()) {
            response.topics()
                    .add(
                            new OffsetCommitResponseTopic()
                                    .setName(topic.name())
                                    .setTopicId(topic.topicId())
                                    .setPartitions(
                                            topic.partitions().stream()
                                                    .map(p -> refused(p.partitionIndex(), error))
                                                    .toList()));
        }
        return response;
    }

    private static OffsetCommitResponsePartition refused(int partition, Errors error) {
        return new OffsetCommitResponsePartition()
                .setPartitionIndex(partition)
                .setErrorCode(error.code());
    }
}
