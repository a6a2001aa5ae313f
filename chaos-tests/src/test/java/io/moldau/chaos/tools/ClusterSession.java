package io.moldau.chaos.tools;

import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.ClusterProcess;
import io.moldau.chaos.tools.Goldens.Shown;
import io.moldau.chaos.tools.Script.Directive;
import io.moldau.chaos.tools.Script.Heading;
import io.moldau.chaos.tools.Script.Run;
import io.moldau.chaos.tools.Script.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;

/// Plays a script against a cluster whose nodes come and go.
///
/// Directives: `% kill ID`, `% start ID`, `% whole TOPIC` (all replicas in sync), `% without TOPIC
/// ID` (that node in no ISR), `% leaderless TOPIC` wait until it is so.
final class ClusterSession implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final StockTools tools;
    private final ClusterProcess cluster;

    /// @param cluster not running yet; closed with the session
    ClusterSession(StockTools tools, ClusterProcess cluster) {
        this.tools = tools;
        this.cluster = cluster;
    }

    /// Starts the cluster and waits until all its nodes are there.
    void start() {
        cluster.start();
        try (var admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            await("all nodes")
                    .atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() ->
                            admin.describeCluster().nodes().get().size() == cluster.nodes().size());
        }
    }

    List<Shown> play(List<Step> script) {
        var shown = new ArrayList<Shown>();
        for (var step : script) {
            shown.add(new Shown(step, play(step)));
        }
        return shown;
    }

    private String play(Step step) {
        return switch (step) {
            case Heading _ -> "";
            case Run run -> run(run);
            case Directive(var _, var words) -> {
                obey(words);
                yield "";
            }
        };
    }

    private String run(Run run) {
        var arguments =
                run.arguments().stream()
                        .map(argument -> argument.replace("BROKER", cluster.bootstrap()))
                        .toList();
        var names = new LinkedHashMap<String, String>();
        names.put(cluster.bootstrap(), "BROKER");
        for (int id = 1; id <= cluster.nodes().size(); id++) {
            names.put(cluster.node(id).bootstrap(), "NODE-" + id);
            names.put(Integer.toString(cluster.node(id).port()), "PORT-" + id);
        }
        return new Plain(names).text(tools.run(run.tool(), arguments, run.input()), run.output());
    }

    private void obey(List<String> words) {
        switch (words.getFirst()) {
            case "kill" -> cluster.node(Integer.parseInt(words.get(1))).kill();
            case "start" -> cluster.node(Integer.parseInt(words.get(1))).start();
            case "whole" ->
                    awaitAll(
                            words.get(1),
                            partition -> partition.isr().size() == partition.replicas().size());
            case "without" -> {
                int id = Integer.parseInt(words.get(2));
                awaitAll(
                        words.get(1),
                        partition -> partition.isr().stream().noneMatch(node -> node.id() == id));
            }
            case "leaderless" ->
                    awaitAll(
                            words.get(1),
                            partition ->
                                    partition.leader() == null || partition.leader().isEmpty());
            default -> throw new IllegalArgumentException(words.toString());
        }
    }

    private void awaitAll(String topic, Predicate<TopicPartitionInfo> condition) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            await(topic)
                    .atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() ->
                            admin
                                    .describeTopics(List.of(topic))
                                    .allTopicNames()
                                    .get()
                                    .get(topic)
                                    .partitions()
                                    .stream()
                                    .allMatch(condition));
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
