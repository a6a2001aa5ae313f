package io.moldau.broker.app;

import io.moldau.broker.config.ConfigService;
import io.moldau.broker.console.DiskFigures;
import io.moldau.broker.console.LogFigures;
import io.moldau.broker.console.NodeView;
import io.moldau.broker.partition.Partition;
import io.moldau.broker.partition.PartitionFigures;
import io.moldau.broker.partition.PartitionReport;
import io.moldau.broker.partition.Partitions;
import io.moldau.env.Clock;
import io.moldau.metadata.ClusterImage;
import io.moldau.quorum.MetadataQuorum;
import io.moldau.quorum.QuorumStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// What the operator's port sees of this node.
///
/// @param mustStop completes, with a sentence, when the node must stop
record OperatorView(
        MetadataQuorum metadata,
        Partitions partitionsHere,
        ConfigService settings,
        DataDirectories directories,
        CompletableFuture<String> mustStop)
        implements NodeView {
    private static final long TIMEOUT_S = 10;

    @Override
    public int nodeId() {
        return partitionsHere.nodeId();
    }

    @Override
    public ClusterImage image() {
        return metadata.image();
    }

    @Override
    public QuorumStatus quorum() {
        return metadata.status();
    }

    @Override
    public String failure() {
        return mustStop.getNow("");
    }

    @Override
    public int minInsyncReplicas(String topic) {
        return settings.minInsyncReplicas(topic);
    }

    @Override
    public List<DiskFigures> disks() {
        return directories.watched().stream().map(DiskFigures::of).toList();
    }

    @Override
    public long offlineReplicas() {
        return partitionsHere.all().stream().filter(Partition::isOffline).count();
    }

    @Override
    public long descriptorsUsed() {
        return Descriptors.used();
    }

    @Override
    public long descriptorsMax() {
        return Descriptors.limit();
    }

    @Override
    public long damagesFound() {
        return partitionsHere.store().damagesFound();
    }

    @Override
    public long repairsBegun() {
        return partitionsHere.store().repairsBegun();
    }

    @Override
    public LogFigures logs() {
        return LogFigures.of(partitionsHere.store(), Clock.system().monotonicNanos());
    }

    @Override
    public List<PartitionFigures> partitions() {
        return PartitionFigures.of(partitionsHere).orTimeout(TIMEOUT_S, TimeUnit.SECONDS).join();
    }

    @Override
    public List<PartitionReport> segments(String topic) {
        long checkEveryMs = settings.current().getLong("log.retention.check.interval.ms");
        return PartitionReport.of(partitionsHere, topic, checkEveryMs)
                .orTimeout(TIMEOUT_S, TimeUnit.SECONDS)
                .join();
    }
}
