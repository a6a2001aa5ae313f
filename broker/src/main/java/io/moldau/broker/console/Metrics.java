package io.moldau.broker.console;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.moldau.metadata.PartitionImage;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// A node's figures for Prometheus, read when they are asked for: nothing is counted on the way of
/// a record for their sake. Used by one thread.
final class Metrics {
    /// Prometheus's text format.
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final NodeView node;
    private @Nullable PrometheusMeterRegistry registry;

    Metrics(NodeView node) {
        this.node = node;
    }

    /// One reading of everything.
    String scrape() {
        return registry().scrape();
    }

    /// Made at the first scrape: a node that nobody scrapes does without.
    private PrometheusMeterRegistry registry() {
        if (registry == null) {
            var made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            made.getPrometheusRegistry().register(new PartitionCollector(node));
            process(made);
            quorum(made);
            cluster(made);
            node.disks().forEach(disk -> disk(made, disk.directory()));
            disks(made);
            LogMetrics.register(node, made);
            descriptors(made);
            registry = made;
        }
        return registry;
    }

    private static void process(MeterRegistry into) {
        new JvmMemoryMetrics().bindTo(into);
        new JvmThreadMetrics().bindTo(into);
        new ProcessorMetrics().bindTo(into);
        new FileDescriptorMetrics().bindTo(into);
        new UptimeMetrics().bindTo(into);
    }

    private void quorum(MeterRegistry into) {
        gauge(into, "moldau.quorum.term", "Raft's term", n -> n.quorum().leaderEpoch());
        gauge(
                into,
                "moldau.quorum.leader",
                "Node id of the quorum's leader, -1 while there is none",
                n -> n.quorum().leaderId());
        gauge(
                into,
                "moldau.quorum.voters",
                "Voters of the metadata quorum",
                n -> n.quorum().voters().size());
        gauge(
                into,
                "moldau.quorum.observers",
                "Nodes that follow the metadata quorum without a vote",
                n -> n.quorum().observers().size());
        FunctionCounter.builder("moldau.quorum.committed", node, n -> n.quorum().highWatermark())
                .description("Log entries that the metadata quorum has committed")
                .register(into);
        FunctionCounter.builder("moldau.quorum.applied", node, n -> n.image().appliedIndex())
                .description("Log entries that this node has applied")
                .register(into);
    }

    private void cluster(MeterRegistry into) {
        gauge(into, "moldau.nodes", "Nodes that are registered", n -> n.image().nodes().size());
        gauge(
                into,
                "moldau.nodes.fenced",
                "Nodes that the controller does not count on",
                n -> n.image().nodes().values().stream().filter(m -> m.fenced()).count());
        gauge(into, "moldau.topics", "Topics of the cluster", n -> n.image().topics().size());
        gauge(
                into,
                "moldau.partitions.leaderless",
                "Partitions of the cluster that nobody leads",
                n -> count(n, p -> p.leader() == PartitionImage.NO_LEADER));
        gauge(
                into,
                "moldau.partitions.under.replicated",
                "Partitions of the cluster with a replica out of sync",
                n -> count(n, p -> p.isr().size() < p.replicas().size()));
    }

    /// Under the names that dashboards look for.
    private void descriptors(MeterRegistry into) {
        gauge(into, "process.open.fds", "File descriptors in use", NodeView::descriptorsUsed);
        gauge(
                into,
                "process.max.fds",
                "File descriptors that the process may have",
                NodeView::descriptorsMax);
    }

    /// The names are Kafka's, where Kafka has them: `kafka.log:type=LogManager` and so on.
    private void disks(MeterRegistry into) {
        gauge(
                into,
                "kafka.log.logmanager.offlinelogdirectorycount",
                "Data directories whose disk has failed",
                n -> n.disks().stream().filter(disk -> !disk.online()).count());
        gauge(
                into,
                "kafka.server.replicamanager.offlinereplicacount",
                "Replicas of this node that cannot be used: their disk or their log has failed",
                NodeView::offlineReplicas);
    }

    private void disk(MeterRegistry into, String directory) {
        disk(
                into,
                "kafka.log.logmanager.logdirectoryoffline",
                "logdirectory",
                directory,
                "1 where the disk has failed",
                disk -> disk.online() ? 0 : 1);
        disk(
                into,
                "moldau.disk.free.bytes",
                "directory",
                directory,
                "Bytes that are left on the disk",
                DiskFigures::freeBytes);
        disk(
                into,
                "moldau.disk.min.free.bytes",
                "directory",
                directory,
                "Bytes below which producers are refused, disk.min.free.bytes",
                DiskFigures::minFreeBytes);
        disk(
                into,
                "moldau.disk.full",
                "directory",
                directory,
                "0 with room for more, 1 where producers are refused, 2 where replicas are, too",
                disk -> disk.room().level());
    }

    private void disk(
            MeterRegistry into,
            String name,
            String tag,
            String directory,
            String what,
            ToDoubleFunction<DiskFigures> value) {
        Gauge.builder(
                        name,
                        node,
                        n ->
                                n.disks().stream()
                                        .filter(disk -> disk.directory().equals(directory))
                                        .mapToDouble(value)
                                        .findFirst()
                                        .orElse(Double.NaN))
                .tag(tag, directory)
                .description(what)
                .register(into);
    }

    private static long count(NodeView node, Predicate<PartitionImage> condition) {
        return node.image().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(condition)
                .count();
    }

    private void gauge(
            MeterRegistry into, String name, String what, ToDoubleFunction<NodeView> value) {
        Gauge.builder(name, node, value).description(what).register(into);
    }
}
