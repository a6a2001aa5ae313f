package io.moldau.broker.api;

import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `OffsetForLeaderEpoch`, API key 23, versions 2–4.
///
/// Tells where an epoch ended, so that a consumer finds out that what it read was truncated
/// (KIP-320).
///
/// - v3: replica id, so that consumers and replicas are told apart
/// - v4: flexible versions
public final class OffsetForLeaderEpochHandler
        implements RequestHandler<
                OffsetForLeaderEpochRequestData, OffsetForLeaderEpochResponseData> {
    private final Partitions partitions;

    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public CompletableFuture<OffsetForLeaderEpochResponseData> handle(
            RequestContext context, OffsetForLeaderEpochRequestData request) {
        List<OffsetForLeaderTopicResult> topics = new ArrayList<>();
        List<CompletableFuture<?>> done = new ArrayList<>();
        for (var topic : request.topics()) {
            var result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topics.add(result);
            for (var asked : topic.partitions()) {
                var answer = new EpochEndOffset().setPartition(asked.partition());
                result.partitions().add(answer);
                done.add(find(new TopicPartition(topic.topic(), asked.partition()), asked, answer));
            }
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var response = new OffsetForLeaderEpochResponseData();
                    topics.forEach(response.topics()::add);
                    return response;
                });
    }

    private CompletableFuture<?> find(
            TopicPartition name, OffsetForLeaderPartition asked, EpochEndOffset answer) {
        return switch (partitions.leading(name, asked.currentLeaderEpoch())) {
            case Lookup.Found(var partition) ->
                    CompletableFuture.runAsync(
                            () -> findIn(partition, asked.leaderEpoch(), answer),
                            partition.shard());
            case Lookup.NotHere(var error, _, _) -> {
                answer.setErrorCode(error.code());
                yield CompletableFuture.completedFuture(null);
            }
        };
    }

    private static void findIn(Partition partition, int leaderEpoch, EpochEndOffset answer) {
        boolean found =
                partition.ask(
                        log -> {
                            var end = log.endOffsetFor(leaderEpoch);
                            answer.setLeaderEpoch(end.epoch()).setEndOffset(end.endOffset());
                            return true;
                        },
                        false);
        if (!found) {
            answer.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
    }

    @Override
    public OffsetForLeaderEpochResponseData errorResponse(
            OffsetForLeaderEpochRequestData request, Errors error, String message) {
        var response = new OffsetForLeaderEpochResponseData();
        for (var topic : request.topics()) {
            var result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (var asked : topic.partitions()) {
                result.partitions()
                        .add(
                                new EpochEndOffset()
                                        .setPartition(asked.partition())
                                        .setErrorCode(error.code()));
            }
            response.topics().add(result);
        }
        return response;
    }
}
