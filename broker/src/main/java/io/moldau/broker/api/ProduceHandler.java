package io.moldau.broker.api;

import io.moldau.broker.partition.AppendJob;
import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partitions;
import io.moldau.log.AppendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// `Produce`, API key 0, versions 3–13; 0–2 are advertised and refused, because librdkafka takes a
/// higher minimum for a broker without compression (KAFKA-18659).
///
/// - v3: record batches of format v2; exactly one for each partition
/// - v5: the log start offset is returned
/// - v8: which records of a batch were refused, and why (KIP-467)
/// - v10: the leader's address along with NOT_LEADER_OR_FOLLOWER (KIP-951)
/// - v13: topics by id (KIP-516)
///
/// With `acks=0` there is no answer; an error closes the connection, so that the producer looks
/// again.
public final class ProduceHandler
        implements RequestHandler<ProduceRequestData, ProduceResponseData> {
    private static final short ALL = -1;

    private final Partitions partitions;
    private final NodeAddresses addresses;

    public ProduceHandler(Partitions partitions, NodeAddresses addresses) {
        this.partitions = partitions;
        this.addresses = addresses;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public boolean keepsRequestBuffer() {
        return true;
    }

    /// Requests reach each shard in their order, so the next one need not wait for the disk.
    @Override
    public boolean pipelines() {
        return true;
    }

    @Override
    public CompletableFuture<ProduceResponseData> handle(
            RequestContext context, ProduceRequestData request) {
        var refusal = refusalOf(request);
        if (refusal != Errors.NONE) {
            return CompletableFuture.completedFuture(
                    finish(context, request, errorResponse(request, refusal, null)));
        }
        var job =
                new AppendJob(
                        itemsOf(context, request), request.acks() == ALL, request.timeoutMs());
        return job.start()
                .thenApply(items -> finish(context, request, answer(context, request, items)));
    }

    private static Errors refusalOf(ProduceRequestData request) {
        if (request.acks() < -1 || request.acks() > 1) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        return request.transactionalId() == null
                ? Errors.NONE
                : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    }

    /// Whether this node leads, or is about to, is for each partition's shard to say.
    private List<AppendJob.Item> itemsOf(RequestContext context, ProduceRequestData request) {
        var items = new ArrayList<AppendJob.Item>();
        for (var topic : request.topicData()) {
            for (var data : topic.partitionData()) {
                var lookup =
                        context.apiVersion() >= 13
                                ? partitions.keeping(topic.topicId(), data.index(), -1)
                                : partitions.keeping(
                                        new TopicPartition(topic.name(), data.index()), -1);
                items.add(new AppendJob.Item(lookup, recordsOf(data)));
            }
        }
        return items;
    }

    private static ByteBuffer recordsOf(PartitionProduceData data) {
        return data.records() instanceof MemoryRecords records
                ? records.buffer()
                : ByteBuffer.allocate(0);
    }

    private ProduceResponseData answer(
            RequestContext context, ProduceRequestData request, List<AppendJob.Item> items) {
        var response = new ProduceResponseData();
        var hints = new LeaderHints(partitions::image, addresses, context);
        var next = items.iterator();
        for (var topic : request.topicData()) {
            var answers = topicAnswer(response, topic);
            for (var data : topic.partitionData()) {
                answers.partitionResponses().add(partitionAnswer(data.index(), next.next(), hints));
            }
        }
        hints.writeTo((id, host, port, rack) ->
                response.nodeEndpoints()
                        .add(
                                new NodeEndpoint()
                                        .setNodeId(id)
                                        .setHost(host)
                                        .setPort(port)
                                        .setRack(rack)));
        return response;
    }

    private static TopicProduceResponse topicAnswer(
            ProduceResponseData response, TopicProduceData topic) {
        var answer = new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
        response.responses().add(answer);
        return answer;
    }

    private static PartitionProduceResponse partitionAnswer(
            int index, AppendJob.Item item, LeaderHints hints) {
        var answer = new PartitionProduceResponse().setIndex(index).setBaseOffset(-1);
        if (item.lookup() instanceof Lookup.NotHere(var error, var leaderId, var leaderEpoch)) {
            if (error == Errors.NOT_LEADER_OR_FOLLOWER) {
                tellLeader(answer, leaderId, leaderEpoch, hints);
            }
            return answer.setErrorCode(error.code());
        }
        return switch (item.result()) {
            case AppendResult.Appended appended ->
                    answer.setBaseOffset(appended.baseOffset())
                            .setLogAppendTimeMs(appended.logAppendTimeMs())
                            .setLogStartOffset(item.logStartOffset());
            case AppendResult.Duplicate first ->
                    answer.setBaseOffset(first.baseOffset())
                            .setLogAppendTimeMs(first.logAppendTimeMs())
                            .setLogStartOffset(item.logStartOffset());
            case AppendResult.Refused refused -> {
                if (refused.error() == Errors.NOT_LEADER_OR_FOLLOWER
                        && item.lookup() instanceof Lookup.Found(var partition)) {
                    var now = partition.leadership();
                    tellLeader(answer, now.leader(), now.leaderEpoch(), hints);
                }
                yield refusedAnswer(answer, refused);
            }
        };
    }

    private static void tellLeader(
            PartitionProduceResponse answer, int leaderId, int leaderEpoch, LeaderHints hints) {
        if (hints.understood()) {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leaderId).setLeaderEpoch(leaderEpoch));
            hints.add(leaderId);
        }
    }

    private static PartitionProduceResponse refusedAnswer(
            PartitionProduceResponse answer, AppendResult.Refused refused) {
        for (var record : refused.records()) {
            answer.recordErrors()
                    .add(
                            new BatchIndexAndErrorMessage()
                                    .setBatchIndex(record.index())
                                    .setBatchIndexErrorMessage(record.message()));
        }
        return answer.setErrorCode(refused.error().code()).setErrorMessage(refused.message());
    }

    /// No answer for `acks=0`, but an end of the connection where something went wrong.
    private static ProduceResponseData finish(
            RequestContext context, ProduceRequestData request, ProduceResponseData response) {
        if (request.acks() != 0) {
            return response;
        }
        boolean failed =
                response.responses().stream()
                        .flatMap(topic -> topic.partitionResponses().stream())
                        .anyMatch(partition -> partition.errorCode() != Errors.NONE.code());
        if (failed) {
            context.connection().close();
        }
        return null;
    }

    @Override
    public ProduceResponseData errorResponse(
            ProduceRequestData request, Errors error, String message) {
        var response = new ProduceResponseData();
        for (var topic : request.topicData()) {
            var answers = topicAnswer(response, topic);
            for (var data : topic.partitionData()) {
                answers.partitionResponses()
                        .add(
                                new PartitionProduceResponse()
                                        .setIndex(data.index())
                                        .setBaseOffset(-1)
                                        .setErrorCode(error.code())
                                        .setErrorMessage(message));
            }
        }
        return response;
    }
}
