package io.moldau.broker.console;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.moldau.broker.console.LogFigures.OfDirectory;
import java.util.function.ToDoubleFunction;

/// Recovery, compaction and scrub for Prometheus, under Kafka's names where Kafka has them:
/// `kafka.log:type=LogCleaner,name=max-clean-time-secs` and so on.
final class LogMetrics {
    private final NodeView node;
    private final MeterRegistry into;

    private LogMetrics(NodeView node, MeterRegistry into) {
        this.node = node;
        this.into = into;
    }

    static void register(NodeView node, MeterRegistry into) {
        var metrics = new LogMetrics(node, into);
        metrics.cleaner();
        metrics.damage();
        node.logs().directories().forEach(directory -> metrics.directory(directory.directory()));
    }

    private void cleaner() {
        gauge(
                "kafka.log.logcleaner.max.clean.time.secs",
                "How long the last compaction of a log took",
                LogFigures::cleanSeconds);
        gauge(
                "kafka.log.logcleaner.max.buffer.utilization.percent",
                "How much of the memory for keys the last compaction needed",
                LogFigures::bufferPercent);
        gauge(
                "kafka.log.logcleaner.cleaner.recopy.percent",
                "How much of what it read the last compaction wrote again",
                LogFigures::recopyPercent);
        gauge(
                "kafka.log.logcleanermanager.max.dirty.percent",
                "Of all logs that are compacted, the largest share that was not yet",
                LogFigures::maxDirtyPercent);
        gauge(
                "kafka.log.logcleanermanager.time.since.last.run.ms",
                "Since logs were last looked over for compaction",
                LogFigures::sinceSurveyMs);
    }

    private void damage() {
        FunctionCounter.builder("moldau.log.damages", node, NodeView::damagesFound)
                .description("How often damage was found in a log")
                .register(into);
        FunctionCounter.builder("moldau.log.repairs", node, NodeView::repairsBegun)
                .description("How often damaged records were taken away to be fetched again")
                .register(into);
        FunctionCounter.builder("moldau.log.scrub.bytes", node, n -> n.logs().scrubbedBytes())
                .description("Bytes of closed segments that the scrub has read")
                .register(into);
    }

    private void directory(String directory) {
        of(
                directory,
                "kafka.log.logmanager.remaininglogstorecover",
                "dir",
                "Logs that are still to be recovered after an unclean stop",
                OfDirectory::logsToRecover);
        of(
                directory,
                "kafka.log.logcleanermanager.uncleanable.partitions.count",
                "logdirectory",
                "Logs that cannot be compacted, since something failed",
                OfDirectory::uncleanable);
        of(
                directory,
                "moldau.log.scrub.ended.seconds",
                "directory",
                "When all closed segments had last been read, in seconds since 1970; 0 for never",
                figures -> figures.scrubEndedMs() / 1e3);
    }

    private void of(
            String directory,
            String name,
            String tag,
            String what,
            ToDoubleFunction<OfDirectory> value) {
        Gauge.builder(
                        name,
                        node,
                        n ->
                                n.logs().directories().stream()
                                        .filter(figures -> figures.directory().equals(directory))
                                        .mapToDouble(value)
                                        .findFirst()
                                        .orElse(Double.NaN))
                .tag(tag, directory)
                .description(what)
                .register(into);
    }

    private void gauge(String name, String what, ToDoubleFunction<LogFigures> value) {
        Gauge.builder(name, node, n -> value.applyAsDouble(n.logs()))
                .description(what)
                .register(into);
    }
}
