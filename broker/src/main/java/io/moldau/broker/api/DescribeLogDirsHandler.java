package io.moldau.broker.api;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeLogDirs`, API key 35, versions 1–5.
///
/// - v3: an error for the whole answer
/// - v4: how large each directory's disk is and how much of it is left (KIP-827)
/// - v5: whether a directory is cordoned (KIP-1066); one whose disk is nearly full is
///
/// A directory whose disk has failed is `KAFKA_STORAGE_ERROR`.
///
/// No topics (null) means all of them. The lag is that of a replica that is being moved between
/// directories; there is none.
public final class DescribeLogDirsHandler
        implements RequestHandler<DescribeLogDirsRequestData, DescribeLogDirsResponseData> {
    private final LogDirs directories;

    public DescribeLogDirsHandler(LogDirs directories) {
        this.directories = directories;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public CompletableFuture<DescribeLogDirsResponseData> handle(
            RequestContext context, DescribeLogDirsRequestData request) {
        return directories
                .describe(wanted(request))
                .thenApply(views ->
                        new DescribeLogDirsResponseData()
                                .setResults(
                                        views.stream()
                                                .map(DescribeLogDirsHandler::result)
                                                .toList()));
    }

    private static Predicate<TopicPartition> wanted(DescribeLogDirsRequestData request) {
        var topics = request.topics();
        if (topics == null) {
            return _ -> true;
        }
        return name -> {
            var topic = topics.find(name.topic());
            return topic != null && topic.partitions().contains(name.partition());
        };
    }

    private static DescribeLogDirsResult result(LogDirs.View view) {
        var topics = new TreeMap<String, TreeMap<Integer, Long>>();
        view.partitions()
                .forEach((name, bytes) ->
                        topics.computeIfAbsent(name.topic(), _ -> new TreeMap<>())
                                .put(name.partition(), bytes));
        var result =
                new DescribeLogDirsResult()
                        .setLogDir(view.path())
                        .setErrorCode(
                                view.failure() == null
                                        ? Errors.NONE.code()
                                        : Errors.KAFKA_STORAGE_ERROR.code())
                        .setIsCordoned(view.full())
                        .setTotalBytes(view.totalBytes())
                        .setUsableBytes(view.usableBytes());
        topics.forEach((name, partitions) ->
                result.topics()
                        .add(
                                new DescribeLogDirsTopic()
                                        .setName(name)
                                        .setPartitions(
                                                partitions.entrySet().stream()
                                                        .map(entry ->
                                                                partition(
                                                                        entry.getKey(),
                                                                        entry.getValue()))
                                                        .toList())));
        return result;
    }

    private static DescribeLogDirsPartition partition(int index, long bytes) {
        return new DescribeLogDirsPartition().setPartitionIndex(index).setPartitionSize(bytes);
    }

    @Override
    public DescribeLogDirsResponseData errorResponse(
            DescribeLogDirsRequestData request, Errors error, String message) {
        return new DescribeLogDirsResponseData().setErrorCode(error.code()).setResults(List.of());
    }
}
