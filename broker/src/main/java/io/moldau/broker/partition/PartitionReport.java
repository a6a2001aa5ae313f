package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import io.moldau.log.explain.LogExplanation;
import io.moldau.log.explain.SegmentReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What will become of the segments of one partition of this node, and why.
///
/// @param nowMs the time by which that was found out
public record PartitionReport(
        int partition, boolean leads, long nowMs, List<SegmentReport> segments) {
    /// All partitions of a topic on this node, in order. Each shard answers for its own; a log that
    /// nobody uses is opened for it.
    ///
    /// @param checkEveryMs `log.retention.check.interval.ms`
    public static CompletableFuture<List<PartitionReport>> of(
            Partitions partitions, String topic, long checkEveryMs) {
        var parts = new ArrayList<CompletableFuture<PartitionReport>>();
        for (var partition : partitions.all()) {
            if (partition.name().topic().equals(topic)) {
                Shard shard = partition.shard();
                parts.add(CompletableFuture.supplyAsync(() -> of(partition, checkEveryMs), shard));
            }
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(_ ->
                        parts.stream()
                                .map(CompletableFuture::join)
                                .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
                                .toList());
    }

    private static PartitionReport of(Partition partition, long checkEveryMs) {
        long nowMs = partition.wallMs();
        var segments =
                partition.ask(
                        log ->
                                LogExplanation.of(
                                        log.facts(
                                                nowMs,
                                                log.lastStableOffset(partition.highWatermark())),
                                        log.config(),
                                        nowMs,
                                        partition.highWatermark(),
                                        checkEveryMs),
                        List.<SegmentReport>of());
        boolean leads = partition.leadership().leader() == partition.nodeId();
        return new PartitionReport(partition.name().partition(), leads, nowMs, segments);
    }
}
