package io.moldau.broker.api;

import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import io.moldau.log.PartitionLog;
import io.moldau.log.TimestampOffset;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/// `ListOffsets`, API key 2, versions 1–11.
///
/// - v2: isolation level: the log ends at the last stable offset, or at the high watermark
/// - v4: the current leader epoch, so that a deposed leader is found out (KIP-320)
/// - v5: a new leader says that it does not know yet where the log ends (KIP-207)
/// - v6: flexible versions
/// - v7: the offset with the largest timestamp (KIP-734)
/// - v8: the earliest local offset (KIP-405); every offset here is local, so it equals the earliest
/// - v9: the last tiered offset (KIP-1005), and v11 the first one not tiered yet (KIP-1023):
///   nothing is tiered
public final class ListOffsetsHandler
        implements RequestHandler<ListOffsetsRequestData, ListOffsetsResponseData> {
    private static final byte READ_COMMITTED = 1;
    private static final short FIRST_WITH_EPOCHS = 4;
    private static final short FIRST_WITH_NOT_AVAILABLE = 5;

    private final Partitions partitions;

    public ListOffsetsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public CompletableFuture<ListOffsetsResponseData> handle(
            RequestContext context, ListOffsetsRequestData request) {
        var response = new ListOffsetsResponseData();
        var answers = new ArrayList<CompletableFuture<ListOffsetsPartitionResponse>>();
        for (var topic : request.topics()) {
            var topicAnswer = new ListOffsetsTopicResponse().setName(topic.name());
            response.topics().add(topicAnswer);
            for (var query : topic.partitions()) {
                var answer =
                        answer(
                                new TopicPartition(topic.name(), query.partitionIndex()),
                                query,
                                request.isolationLevel() == READ_COMMITTED);
                answers.add(answer);
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var next = answers.iterator();
                    for (int i = 0; i < request.topics().size(); i++) {
                        var into = response.topics().get(i).partitions();
                        for (var _ : request.topics().get(i).partitions()) {
                            into.add(asOfVersion(context.apiVersion(), next.next().join()));
                        }
                    }
                    return response;
                });
    }

    /// An older client, librdkafka for one, has no place for an epoch, and the answer could not be
    /// written with one; nor does it know the error that came with KIP-207.
    private static ListOffsetsPartitionResponse asOfVersion(
            short version, ListOffsetsPartitionResponse answer) {
        if (version < FIRST_WITH_NOT_AVAILABLE
                && answer.errorCode() == Errors.OFFSET_NOT_AVAILABLE.code()) {
            answer.setErrorCode(Errors.LEADER_NOT_AVAILABLE.code());
        }
        return version < FIRST_WITH_EPOCHS ? answer.setLeaderEpoch(-1) : answer;
    }

    private CompletableFuture<ListOffsetsPartitionResponse> answer(
            TopicPartition name, ListOffsetsPartition query, boolean committedOnly) {
        return switch (partitions.leading(name, query.currentLeaderEpoch())) {
            case Lookup.Found(var partition) ->
                    CompletableFuture.supplyAsync(
                            () -> find(partition, query, committedOnly), partition.shard());
            case Lookup.NotHere(var error, _, _) ->
                    CompletableFuture.completedFuture(refused(query, error));
        };
    }

    private static ListOffsetsPartitionResponse find(
            Partition partition, ListOffsetsPartition query, boolean committedOnly) {
        return partition.ask(
                log -> {
                    if (isOfTheEnd(query.timestamp()) && !partition.knowsItsHighWatermark()) {
                        return refused(query, Errors.OFFSET_NOT_AVAILABLE);
                    }
                    long highWatermark = partition.highWatermark();
                    long end = committedOnly ? log.lastStableOffset(highWatermark) : highWatermark;
                    var found = offsetFor(log, end, query.timestamp());
                    var answer =
                            new ListOffsetsPartitionResponse()
                                    .setPartitionIndex(query.partitionIndex());
                    found.filter(at -> at.offset() <= end)
                            .ifPresent(at ->
                                    answer.setOffset(at.offset())
                                            .setTimestamp(at.timestampMs())
                                            .setLeaderEpoch(at.leaderEpoch()));
                    return answer;
                },
                refused(query, Errors.KAFKA_STORAGE_ERROR));
    }

    /// What a new leader cannot tell before it knows what earlier ones committed (KIP-207).
    private static boolean isOfTheEnd(long timestamp) {
        return timestamp == ListOffsetsRequest.LATEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.MAX_TIMESTAMP
                || timestamp >= 0;
    }

    private static Optional<TimestampOffset> offsetFor(PartitionLog log, long end, long timestamp) {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return Optional.of(new TimestampOffset(-1, end, log.latestEpoch()));
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            long start = log.logStartOffset();
            return Optional.of(new TimestampOffset(-1, start, log.epochOf(start).orElse(-1)));
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return log.maxTimestamp();
        }
        if (timestamp < 0) {
            return Optional.empty();
        }
        return log.offsetForTimestamp(timestamp).filter(at -> at.offset() < end);
    }

    private static ListOffsetsPartitionResponse refused(ListOffsetsPartition query, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(query.partitionIndex())
                .setErrorCode(error.code());
    }

    @Override
    public ListOffsetsResponseData errorResponse(
            ListOffsetsRequestData request, Errors error, String message) {
        var response = new ListOffsetsResponseData();
        for (var topic : request.topics()) {
            var answer = new ListOffsetsTopicResponse().setName(topic.name());
            topic.partitions().forEach(query -> answer.partitions().add(refused(query, error)));
            response.topics().add(answer);
        }
        return response;
    }
}
