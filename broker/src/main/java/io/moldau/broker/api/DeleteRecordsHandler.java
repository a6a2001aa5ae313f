package io.moldau.broker.api;

import io.moldau.broker.partition.DeletedUpTo;
import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DeleteRecords`, API key 21, versions 0–2.
///
/// Moves a partition's log start offset up (KIP-107); −1 means up to the high watermark. A topic
/// that is compacted and not deleted from refuses, as Kafka's does. Answered when every replica in
/// sync has followed, or the request's time is over.
///
/// - v2: flexible versions
public final class DeleteRecordsHandler
        implements RequestHandler<DeleteRecordsRequestData, DeleteRecordsResponseData> {
    private final Partitions partitions;

    public DeleteRecordsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_RECORDS;
    }

    @Override
    public CompletableFuture<DeleteRecordsResponseData> handle(
            RequestContext context, DeleteRecordsRequestData request) {
        var topics = new ArrayList<DeleteRecordsTopicResult>();
        var done = new ArrayList<CompletableFuture<?>>();
        for (var topic : request.topics()) {
            var result = new DeleteRecordsTopicResult().setName(topic.name());
            topics.add(result);
            for (var asked : topic.partitions()) {
                var answer =
                        new DeleteRecordsPartitionResult()
                                .setPartitionIndex(asked.partitionIndex())
                                .setLowWatermark(-1);
                result.partitions().add(answer);
                done.add(
                        delete(
                                new TopicPartition(topic.name(), asked.partitionIndex()),
                                asked.offset(),
                                request.timeoutMs(),
                                answer));
            }
        }
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var response = new DeleteRecordsResponseData();
                    topics.forEach(response.topics()::add);
                    return response;
                });
    }

    private CompletableFuture<?> delete(
            TopicPartition name, long offset, int timeoutMs, DeleteRecordsPartitionResult answer) {
        return switch (partitions.leading(name, -1)) {
            case Lookup.Found(var partition) -> {
                var deleted = new CompletableFuture<DeletedUpTo>();
                partition
                        .shard()
                        .execute(() -> deleteFrom(partition, offset, timeoutMs, deleted::complete));
                yield deleted.thenAccept(result ->
                        answer.setLowWatermark(result.logStartOffset())
                                .setErrorCode(result.error().code()));
            }
            case Lookup.NotHere(var error, _, _) -> {
                answer.setErrorCode(error.code());
                yield CompletableFuture.completedFuture(null);
            }
        };
    }

    private static void deleteFrom(
            Partition partition, long offset, int timeoutMs, Consumer<DeletedUpTo> reply) {
        boolean deletable = partition.ask(log -> log.config().deletes(), true);
        if (deletable) {
            partition.deletions().delete(offset, timeoutMs, reply);
        } else {
            reply.accept(new DeletedUpTo(-1, Errors.POLICY_VIOLATION));
        }
    }

    @Override
    public DeleteRecordsResponseData errorResponse(
            DeleteRecordsRequestData request, Errors error, String message) {
        var response = new DeleteRecordsResponseData();
        for (var topic : request.topics()) {
            var result = new DeleteRecordsTopicResult().setName(topic.name());
            for (var asked : topic.partitions()) {
                result.partitions()
                        .add(
                                new DeleteRecordsPartitionResult()
                                        .setPartitionIndex(asked.partitionIndex())
                                        .setLowWatermark(-1)
                                        .setErrorCode(error.code()));
            }
            response.topics().add(result);
        }
        return response;
    }
}
