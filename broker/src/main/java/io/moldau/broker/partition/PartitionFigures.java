package io.moldau.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What one partition of this node is like at one moment.
///
/// @param logStartOffset -1 while the log is not open, as are the other offsets and the size: an
///   idle log is not opened to be looked at
public record PartitionFigures(
        String topic,
        int partition,
        boolean leads,
        int replicas,
        int inSync,
        long logStartOffset,
        long highWatermark,
        long logEndOffset,
        long sizeBytes) {

    /// All partitions of this node. Each shard answers for its own, in one task.
    public static CompletableFuture<List<PartitionFigures>> of(Partitions partitions) {
        var byShard = new ShardGroups<Partition>();
        partitions.all().forEach(partition -> byShard.add(partition.shard(), partition));
        var parts =
                byShard.all().stream()
                        .map(group ->
                                CompletableFuture.supplyAsync(
                                        () ->
                                                group.items().stream()
                                                        .map(p -> of(p, partitions.nodeId()))
                                                        .toList(),
                                        group.shard()))
                        .toList();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var all = new ArrayList<PartitionFigures>();
                    parts.forEach(part -> all.addAll(part.join()));
                    return all;
                });
    }

    /// On the partition's shard.
    private static PartitionFigures of(Partition partition, int nodeId) {
        var image = partition.leadership();
        var keeper = partition.keeper();
        var log = keeper.isOpen() ? keeper.log() : null;
        return new PartitionFigures(
                partition.name().topic(),
                partition.name().partition(),
                image.leader() == nodeId,
                image.replicas().size(),
                image.isr().size(),
                log == null ? -1 : log.logStartOffset(),
                log == null ? -1 : partition.highWatermark(),
                log == null ? -1 : log.logEndOffset(),
                log == null ? -1 : log.sizeBytes());
    }
}
