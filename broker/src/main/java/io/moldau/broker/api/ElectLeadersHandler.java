package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.PartitionImage;
import io.moldau.metadata.TopicImage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ElectLeaders`, API key 43, versions 0–2.
///
/// - v0: preferred leaders (KIP-183)
/// - v1: also any leader at all, at the price of records (KIP-460); an error for the whole answer
/// - v2: flexible versions
///
/// No topics means all of them, and then only what failed is told. Where the election is not
/// needed, which on a single node is everywhere, that is the answer.
public final class ElectLeadersHandler
        implements RequestHandler<ElectLeadersRequestData, ElectLeadersResponseData> {
    private final MetadataAccess metadata;

    public ElectLeadersHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ELECT_LEADERS;
    }

    @Override
    public CompletableFuture<ElectLeadersResponseData> handle(
            RequestContext context, ElectLeadersRequestData request) {
        return Futures.done(
                type(request.electionType())
                        .map(type -> elect(type, request))
                        .orElseGet(() ->
                                errorResponse(
                                                request,
                                                Errors.INVALID_REQUEST,
                                                "There is no election type %d."
                                                        .formatted(request.electionType()))
                                        .setErrorCode(Errors.INVALID_REQUEST.code())));
    }

    private static Optional<ElectionType> type(byte id) {
        for (var type : ElectionType.values()) {
            if (type.value == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private ElectLeadersResponseData elect(ElectionType type, ElectLeadersRequestData request) {
        var image = metadata.image();
        var response = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) {
            image.topics().forEach(topic -> addFailures(type, topic, response));
            return response;
        }
        for (var topic : request.topicPartitions()) {
            var result = new ReplicaElectionResult().setTopic(topic.topic());
            for (int index : topic.partitions()) {
                result.partitionResult()
                        .add(result(index, elect(type, image, topic.topic(), index)));
            }
            response.replicaElectionResults().add(result);
        }
        return response;
    }

    private static void addFailures(
            ElectionType type, TopicImage topic, ElectLeadersResponseData response) {
        var result = new ReplicaElectionResult().setTopic(topic.name());
        for (int i = 0; i < topic.partitions().size(); i++) {
            var reply = elect(type, topic.partitions().get(i));
            if (reply.error() != Errors.ELECTION_NOT_NEEDED) {
                result.partitionResult().add(result(i, reply));
            }
        }
        if (!result.partitionResult().isEmpty()) {
            response.replicaElectionResults().add(result);
        }
    }

    private static Reply elect(ElectionType type, ClusterImage image, String topic, int index) {
        var partition = image.partition(topic, index);
        return partition == null
                ? new Reply(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "There is no partition %s-%d.".formatted(topic, index))
                : elect(type, partition);
    }

    private static Reply elect(ElectionType type, PartitionImage partition) {
        int preferred = partition.replicas().getFirst();
        int leader = partition.leader();
        return switch (type) {
            case PREFERRED ->
                    leader == preferred
                            ? new Reply(
                                    Errors.ELECTION_NOT_NEEDED,
                                    "The preferred replica, node %d, leads already."
                                            .formatted(leader))
                            : new Reply(
                                    Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                                    "The preferred replica, node %d, cannot lead now."
                                            .formatted(preferred));
            case UNCLEAN ->
                    leader != PartitionImage.NO_LEADER
                            ? new Reply(
                                    Errors.ELECTION_NOT_NEEDED,
                                    "Node %d leads already.".formatted(leader))
                            : new Reply(
                                    Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                                    "None of the replicas %s is alive."
                                            .formatted(partition.replicas()));
        };
    }

    private static PartitionResult result(int index, Reply reply) {
        return new PartitionResult()
                .setPartitionId(index)
                .setErrorCode(reply.error().code())
                .setErrorMessage(reply.message());
    }

    /// Version 0 has no room for an error of the whole answer: each partition carries it, and only
    /// where none was named it stands alone.
    @Override
    public ElectLeadersResponseData errorResponse(
            ElectLeadersRequestData request, Errors error, String message) {
        var response = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) {
            return response.setErrorCode(error.code());
        }
        for (var topic : request.topicPartitions()) {
            var result = new ReplicaElectionResult().setTopic(topic.topic());
            topic.partitions()
                    .forEach(index ->
                            result.partitionResult().add(result(index, new Reply(error, message))));
            response.replicaElectionResults().add(result);
        }
        return response;
    }
}
