package io.moldau.cli;

import io.moldau.cli.text.Table;
import io.moldau.log.explain.Amounts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = {
            "What will become of a topic's segments: what is deleted or compacted, when, and why not"
                    + " yet.",
            "Kafka's protocol has no place for segments: the nodes' operator's ports (admin.listen)"
                    + " are asked."
        })
final class ExplainTopic extends AdminCommand {
    private static final List<String> NUMBERS =
            List.of(
                    "node",
                    "partition",
                    "baseOffset",
                    "endOffset",
                    "sizeBytes",
                    "firstTimestampMs",
                    "lastTimestampMs",
                    "ageMs",
                    "dueMs");

    @Parameters(paramLabel = "TOPIC", description = "its name")
    private String topic;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "of these partitions only")
    private final List<Integer> only = new ArrayList<>();

    @Option(names = "--replicas", description = "every replica's segments, not the leader's alone")
    private boolean replicas;

    @Option(
            names = "--admin",
            split = ",",
            paramLabel = "HOST:PORT,…",
            description = "operator's ports to ask instead of those that the nodes name")
    private final List<String> ports = new ArrayList<>();

    @Override
    void run(Admin admin) throws Exception {
        var rows = new ArrayList<Map<String, Object>>();
        var refusals = new ArrayList<CliException>();
        var path = "/segments?topic=" + URLEncoder.encode(topic, StandardCharsets.UTF_8);
        for (var source : sources(admin, path)) {
            try {
                var lines = rows(source.page().lines());
                source.check(lines);
                rows.addAll(lines);
            } catch (CliException refused) {
                refusals.add(refused);
            }
        }
        if (rows.isEmpty() && !refusals.isEmpty()) {
            throw refusals.getFirst();
        }
        refusals.forEach(refused -> session().err().println("moldau: " + refused.getMessage()));
        rows.removeIf(row -> !only.isEmpty() && !only.contains(intOf(row, "partition")));
        rows.removeIf(row -> !replicas && !row.get("role").equals("leader"));
        rows.sort(
                Comparator.comparingInt((Map<String, Object> row) -> intOf(row, "partition"))
                        .thenComparingInt(row -> intOf(row, "node"))
                        .thenComparingLong(row -> (Long) row.get("baseOffset")));
        show(rows);
    }

    private interface Page {
        List<String> lines() throws Exception;
    }

    /// Where to ask.
    ///
    /// @param node who should answer; null for whoever does
    private record Source(Node node, Page page) {
        void check(List<Map<String, Object>> rows) {
            for (var row : rows) {
                if (node != null && intOf(row, "node") != node.id()) {
                    throw CliException.failure(
                            "Node %d has no operator's port: node %d has taken it. Set admin.listen on each node of a machine."
                                    .formatted(node.id(), intOf(row, "node")));
                }
            }
        }
    }

    private List<Source> sources(Admin admin, String path) throws Exception {
        if (!ports.isEmpty()) {
            return ports.stream()
                    .map(OperatorPorts::parse)
                    .map(at -> new Source(null, () -> OperatorPorts.lines(at, path)))
                    .toList();
        }
        return nodes(admin).stream()
                .map(node -> new Source(node, () -> OperatorPorts.lines(admin, node, path)))
                .toList();
    }

    private Set<Node> nodes(Admin admin) throws Exception {
        try {
            var nodes = new LinkedHashSet<Node>();
            var partitions =
                    admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)
                            .get()
                            .partitions();
            for (TopicPartitionInfo partition : partitions) {
                if (!only.isEmpty() && !only.contains(partition.partition())) {
                    continue;
                }
                if (replicas) {
                    partition.replicas().stream().filter(n -> !n.isEmpty()).forEach(nodes::add);
                } else if (partition.leader() != null && !partition.leader().isEmpty()) {
                    nodes.add(partition.leader());
                }
            }
            return nodes;
        } catch (ExecutionException failure) {
            throw TopicsCommand.about(topic, failure);
        }
    }

    private static int intOf(Map<String, Object> row, String field) {
        return ((Long) row.get(field)).intValue();
    }

    private static List<Map<String, Object>> rows(List<String> lines) {
        var head = lines.getFirst().split("\t", -1);
        var rows = new ArrayList<Map<String, Object>>();
        for (var line : lines.subList(1, lines.size())) {
            var fields = line.split("\t", -1);
            var row = new HashMap<String, Object>();
            for (int i = 0; i < head.length; i++) {
                row.put(head[i], value(head[i], fields[i]));
            }
            rows.add(row);
        }
        return rows;
    }

    private static Object value(String name, String field) {
        if (field.isEmpty()) {
            return null;
        }
        return NUMBERS.contains(name) ? (Object) Long.valueOf(field) : field;
    }

    private void show(List<Map<String, Object>> rows) {
        if (asJson()) {
            var all =
                    new Table(
                            "partition",
                            "node",
                            "role",
                            "baseOffset",
                            "endOffset",
                            "sizeBytes",
                            "firstTimestampMs",
                            "lastTimestampMs",
                            "ageMs",
                            "active",
                            "next",
                            "dueMs",
                            "why");
            rows.forEach(row -> {
                var fields = all.columns().stream().map(row::get).toArray();
                fields[all.columns().indexOf("active")] = "true".equals(row.get("active"));
                all.row(fields);
            });
            print(all, "");
            return;
        }
        var table =
                new Table("partition", "node", "segment", "offsets", "size", "age", "next", "why");
        rows.forEach(row ->
                table.row(
                        row.get("partition"),
                        row.get("node"),
                        "true".equals(row.get("active")) ? "active" : "closed",
                        row.get("baseOffset") + "-" + row.get("endOffset"),
                        Amounts.size((Long) row.get("sizeBytes")),
                        row.get("ageMs") == null
                                ? null
                                : Amounts.time(Math.max(0, (Long) row.get("ageMs"))),
                        row.get("next"),
                        row.get("why")));
        if (rows.isEmpty()) {
            print(table, "Topic %s has no segments yet.".formatted(topic));
            return;
        }
        var lines = Arrays.asList(table.asText(session()::bold).split("\n"));
        session().out().println(lines.getFirst());
        for (int i = 0; i < rows.size(); i++) {
            session().out().println(dressed(rows.get(i), lines.get(i + 1)));
        }
    }

    /// What goes is red if it goes at the next check, what stays is dim.
    private String dressed(Map<String, Object> row, String line) {
        boolean dueNow =
                row.get("dueMs") != null && (Long) row.get("dueMs") <= System.currentTimeMillis();
        return switch ((String) row.get("next")) {
            case "deleted" -> dueNow ? session().red(line) : line;
            case "compacted" -> dueNow ? session().yellow(line) : line;
            case "closed" -> session().green(line);
            default -> session().dim(line);
        };
    }
}
