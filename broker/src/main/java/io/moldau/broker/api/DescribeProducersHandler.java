package io.moldau.broker.api;

import io.moldau.broker.partition.Lookup;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.Partitions;
import io.moldau.log.ProducerView;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeProducers`, API key 61, version 0.
///
/// The idempotent producers that a partition's leader remembers (KIP-664).
public final class DescribeProducersHandler
        implements RequestHandler<DescribeProducersRequestData, DescribeProducersResponseData> {
    private final Partitions partitions;

    public DescribeProducersHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public CompletableFuture<DescribeProducersResponseData> handle(
            RequestContext context, DescribeProducersRequestData request) {
        var topics = new ArrayList<CompletableFuture<TopicResponse>>();
        for (var topic : request.topics()) {
            var answers = new ArrayList<CompletableFuture<PartitionResponse>>();
            for (int index : topic.partitionIndexes()) {
                answers.add(describe(new TopicPartition(topic.name(), index)));
            }
            topics.add(
                    Futures.inOrder(answers)
                            .thenApply(results ->
                                    new TopicResponse()
                                            .setName(topic.name())
                                            .setPartitions(results)));
        }
        return Futures.inOrder(topics)
                .thenApply(results -> new DescribeProducersResponseData().setTopics(results));
    }

    private CompletableFuture<PartitionResponse> describe(TopicPartition name) {
        var refusal = TopicNames.refusal(name.topic());
        if (refusal.isPresent()) {
            return Futures.done(
                    refused(name.partition(), Errors.INVALID_TOPIC_EXCEPTION, refusal.get()));
        }
        return switch (partitions.leading(name, -1)) {
            case Lookup.Found(var partition) ->
                    CompletableFuture.supplyAsync(() -> describe(partition), partition.shard());
            case Lookup.NotHere(var error, var leader, _) ->
                    Futures.done(
                            refused(
                                    name.partition(),
                                    error,
                                    error == Errors.UNKNOWN_TOPIC_OR_PARTITION
                                            ? "There is no partition " + name + "."
                                            : "Partition %s is led by node %d."
                                                    .formatted(name, leader)));
        };
    }

    private static PartitionResponse describe(Partition partition) {
        int index = partition.name().partition();
        return partition.ask(
                log ->
                        new PartitionResponse()
                                .setPartitionIndex(index)
                                .setActiveProducers(
                                        log.activeProducers().stream()
                                                .map(DescribeProducersHandler::state)
                                                .toList()),
                refused(
                        index,
                        Errors.KAFKA_STORAGE_ERROR,
                        "The log of %s cannot be read.".formatted(partition.name())));
    }

    private static ProducerState state(ProducerView producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMs())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.currentTxnStartOffset());
    }

    private static PartitionResponse refused(int index, Errors error, String message) {
        return new PartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    @Override
    public DescribeProducersResponseData errorResponse(
            DescribeProducersRequestData request, Errors error, String message) {
        var response = new DescribeProducersResponseData();
        for (var topic : request.topics()) {
            var answer = new TopicResponse().setName(topic.name());
            topic.partitionIndexes()
                    .forEach(index -> answer.partitions().add(refused(index, error, message)));
            response.topics().add(answer);
        }
        return response;
    }
}
