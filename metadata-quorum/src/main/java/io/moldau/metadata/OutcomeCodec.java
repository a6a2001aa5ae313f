package io.moldau.metadata;

import static io.moldau.metadata.ProtoValues.fromProto;
import static io.moldau.metadata.ProtoValues.toProto;

import io.moldau.metadata.Outcome.Done;
import io.moldau.metadata.Outcome.IsrChanged;
import io.moldau.metadata.Outcome.NodeRegistered;
import io.moldau.metadata.Outcome.OffsetsCommitted;
import io.moldau.metadata.Outcome.PartitionAnswer;
import io.moldau.metadata.Outcome.PartitionsAnswered;
import io.moldau.metadata.Outcome.ProducerIdsAllocated;
import io.moldau.metadata.Outcome.Refused;
import io.moldau.metadata.Outcome.ShutdownBegun;
import io.moldau.metadata.Outcome.TopicPlaced;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Outcomes to and from their contract, for nodes that had a command decided elsewhere. What is
/// decoded equals what was encoded.
public final class OutcomeCodec {
    private OutcomeCodec() {}

    public static io.moldau.proto.cluster.Outcome encode(Outcome outcome) {
        var proto = io.moldau.proto.cluster.Outcome.newBuilder();
        switch (outcome) {
            case Refused(var error, var message) ->
                    proto.getRefusedBuilder().setError(error.code()).setMessage(message);
            case Done() -> proto.getDoneBuilder();
            case NodeRegistered(long nodeEpoch) ->
                    proto.getNodeRegisteredBuilder().setNodeEpoch(nodeEpoch);
            case TopicPlaced(var topic) -> proto.setTopicPlaced(toProto(topic));
            case ProducerIdsAllocated(long firstId, int count) ->
                    proto.getProducerIdsAllocatedBuilder().setFirstId(firstId).setCount(count);
            case OffsetsCommitted(var unknown) -> {
                var committed = proto.getOffsetsCommittedBuilder();
                unknown.forEach(id -> committed.addUnknownTopics(toProto(id)));
            }
            case IsrChanged(var partition) -> proto.setIsrChanged(toProto(partition));
            case ShutdownBegun(int waiting) -> proto.getShutdownBegunBuilder().setWaiting(waiting);
            case PartitionsAnswered answered -> proto.setPartitionsAnswered(encode(answered));
        }
        return proto.build();
    }

    private static io.moldau.proto.cluster.PartitionsAnswered encode(PartitionsAnswered answered) {
        var proto = io.moldau.proto.cluster.PartitionsAnswered.newBuilder();
        for (var answer : answered.answers()) {
            var next =
                    proto.addAnswersBuilder()
                            .setTopic(answer.topic())
                            .setPartition(answer.partition())
                            .setError(answer.error().code());
            if (answer.message() != null) {
                next.setMessage(answer.message());
            }
        }
        return proto.build();
    }

    /// @throws IllegalArgumentException an outcome of a later version of Moldau
    public static Outcome decode(io.moldau.proto.cluster.Outcome proto) {
        return switch (proto.getKindCase()) {
            case REFUSED ->
                    new Refused(
                            Errors.forCode((short) proto.getRefused().getError()),
                            proto.getRefused().getMessage());
            case DONE -> new Done();
            case NODE_REGISTERED -> new NodeRegistered(proto.getNodeRegistered().getNodeEpoch());
            case TOPIC_PLACED -> new TopicPlaced(fromProto(proto.getTopicPlaced()));
            case PRODUCER_IDS_ALLOCATED ->
                    new ProducerIdsAllocated(
                            proto.getProducerIdsAllocated().getFirstId(),
                            proto.getProducerIdsAllocated().getCount());
            case OFFSETS_COMMITTED -> {
                List<Uuid> unknown = new ArrayList<>();
                for (var id : proto.getOffsetsCommitted().getUnknownTopicsList()) {
                    unknown.add(fromProto(id));
                }
                yield new OffsetsCommitted(List.copyOf(unknown));
            }
            case ISR_CHANGED -> new IsrChanged(fromProto(proto.getIsrChanged()));
            case SHUTDOWN_BEGUN -> new ShutdownBegun(proto.getShutdownBegun().getWaiting());
            case PARTITIONS_ANSWERED -> decode(proto.getPartitionsAnswered());
            case KIND_NOT_SET ->
                    throw new IllegalArgumentException(
                            "an outcome that this version does not know: a newer one wrote it");
        };
    }

    private static PartitionsAnswered decode(io.moldau.proto.cluster.PartitionsAnswered proto) {
        var answers = new ArrayList<PartitionAnswer>(proto.getAnswersCount());
        for (var answer : proto.getAnswersList()) {
            answers.add(
                    new PartitionAnswer(
                            answer.getTopic(),
                            answer.getPartition(),
                            Errors.forCode((short) answer.getError()),
                            answer.hasMessage() ? answer.getMessage() : null));
        }
        return new PartitionsAnswered(List.copyOf(answers));
    }
}
