package io.moldau.broker.console;

import io.moldau.broker.partition.PartitionFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The figures of every partition of this node. Ten thousand of them would be a burden as meters
/// that live on; here they exist while somebody reads them.
final class PartitionCollector implements MultiCollector {
    private final NodeView node;

    PartitionCollector(NodeView node) {
        this.node = node;
    }

    @Override
    public MetricSnapshots collect() {
        var partitions = node.partitions();
        var labels =
                partitions.stream()
                        .map(p ->
                                Labels.of(
                                        "topic",
                                        p.topic(),
                                        "partition",
                                        Integer.toString(p.partition())))
                        .toList();
        return MetricSnapshots.of(
                all(
                        "moldau_partition_leader",
                        "1 where this node leads",
                        partitions,
                        labels,
                        p -> p.leads() ? 1 : 0),
                all(
                        "moldau_partition_replicas",
                        "Assigned replicas",
                        partitions,
                        labels,
                        PartitionFigures::replicas),
                all(
                        "moldau_partition_in_sync_replicas",
                        "Replicas in sync",
                        partitions,
                        labels,
                        PartitionFigures::inSync),
                open(
                        "moldau_partition_log_start_offset",
                        "First offset",
                        partitions,
                        labels,
                        PartitionFigures::logStartOffset),
                open(
                        "moldau_partition_high_watermark",
                        "Offset below which records are committed",
                        partitions,
                        labels,
                        PartitionFigures::highWatermark),
                open(
                        "moldau_partition_log_end_offset",
                        "Offset of the next record",
                        partitions,
                        labels,
                        PartitionFigures::logEndOffset),
                open(
                        "moldau_partition_size_bytes",
                        "Bytes of the log's segments",
                        partitions,
                        labels,
                        PartitionFigures::sizeBytes));
    }

    private static MetricSnapshot all(
            String name,
            String help,
            List<PartitionFigures> partitions,
            List<Labels> labels,
            ToDoubleFunction<PartitionFigures> value) {
        var points = new ArrayList<GaugeDataPointSnapshot>(partitions.size());
        for (int i = 0; i < partitions.size(); i++) {
            points.add(
                    new GaugeDataPointSnapshot(
                            value.applyAsDouble(partitions.get(i)), labels.get(i), null));
        }
        return new GaugeSnapshot(new MetricMetadata(name, help), points);
    }

    /// Leaves out the partitions whose log is not open: an idle one is not opened to be counted.
    private static MetricSnapshot open(
            String name,
            String help,
            List<PartitionFigures> partitions,
            List<Labels> labels,
            ToLongFunction<PartitionFigures> value) {
        var points = new ArrayList<GaugeDataPointSnapshot>();
        for (int i = 0; i < partitions.size(); i++) {
            if (partitions.get(i).logEndOffset() >= 0) {
                points.add(
                        new GaugeDataPointSnapshot(
                                value.applyAsLong(partitions.get(i)), labels.get(i), null));
            }
        }
        return new GaugeSnapshot(new MetricMetadata(name, help), points);
    }
}
