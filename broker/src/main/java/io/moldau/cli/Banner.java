package io.moldau.cli;

import io.moldau.broker.app.BrokerNode;
import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ListenerSpec;
import io.moldau.broker.net.BoundListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/// What a node says of itself when it serves: where its data is, what clients will be told, what an
/// acknowledgement is worth, and two lines to try it.
final class Banner {
    private static final long BYTES_PER_MB = 1 << 20;

    private final BrokerConfig config;
    private final BrokerNode node;

    Banner(BrokerConfig config, BrokerNode node) {
        this.config = config;
        this.node = node;
    }

    String text(Session session) {
        var lines = new ArrayList<String>();
        lines.add(
                session.bold("Moldau " + Version.number())
                        + session.dim(
                                "  node %d, ready %s".formatted(node.nodeId(), sinceStart())));
        line(session, lines, "data", dataDirectories());
        line(session, lines, "cluster", cluster());
        line(session, lines, "clients", String.join(", ", addresses()));
        line(session, lines, "durable", durability());
        line(session, lines, "memory", memory());
        var bootstrap = addressToTry();
        line(session, lines, "produce", "echo hello | moldau produce greetings -b " + bootstrap);
        line(session, lines, "consume", "moldau consume greetings -b " + bootstrap);
        return String.join("\n", lines) + "\n";
    }

    private static void line(Session session, List<String> lines, String name, String text) {
        lines.add("  " + session.dim("%-8s".formatted(name)) + " " + text);
    }

    /// The same as one event, for whoever collects logs.
    void log(Logger logger) {
        logger.atInfo()
                .addKeyValue("version", Version.number())
                .addKeyValue("nodeId", node.nodeId())
                .addKeyValue("clusterId", node.clusterId())
                .addKeyValue("cluster", others())
                .addKeyValue("dataDirectories", dataDirectories())
                .addKeyValue("clients", String.join(", ", addresses()))
                .addKeyValue("durable", durability())
                .addKeyValue("memory", memory())
                .log("serving");
    }

    private String cluster() {
        return node.clusterId() + ", " + others();
    }

    /// Who else is there, this node's part among them, and how more can come.
    private String others() {
        var summary = node.cluster();
        var port =
                summary.address().map(at -> "others join at " + at).orElse("closed to other nodes");
        return summary.nodeIds().size() == 1
                ? "a cluster of one, " + port
                : "nodes %s, this one %s, %s"
                        .formatted(
                                summary.nodeIds().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(" ")),
                                summary.votes() ? "votes" : "listens",
                                port);
    }

    private String dataDirectories() {
        return node.dataDirs().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    /// What clients will be told, one entry a listener.
    private List<String> addresses() {
        return node.listeners().stream().map(bound -> bound.name() + " " + told(bound)).toList();
    }

    private String told(BoundListener bound) {
        var advertised =
                config.listeners().stream()
                        .filter(spec -> spec.name().equals(bound.name()))
                        .map(ListenerSpec::advertised)
                        .flatMap(java.util.Optional::stream)
                        .findFirst();
        if (advertised.isPresent()) {
            return advertised.get().host() + ":" + advertised.get().port();
        }
        return isEverywhere(bound)
                ? "the address they dial, port " + bound.port()
                : bound.host() + ":" + bound.port();
    }

    private String addressToTry() {
        var bound = node.listeners().getFirst();
        return (isEverywhere(bound) ? "localhost" : bound.host()) + ":" + bound.port();
    }

    private static boolean isEverywhere(BoundListener bound) {
        return bound.host().isEmpty()
                || bound.host().equals("0.0.0.0")
                || bound.host().equals("::");
    }

    private String durability() {
        var topics = config.topicDefaults();
        var worth = Durability.of(topics.flushMessages(), topics.flushMs());
        boolean byDefault = topics.flushMessages() == Long.MAX_VALUE;
        return byDefault ? worth + "; log.flush.interval.messages=1 makes it the disk" : worth;
    }

    private static String memory() {
        long heapMb = Runtime.getRuntime().maxMemory() / BYTES_PER_MB;
        var machineMb = System.getProperty("moldau.memory");
        return machineMb == null
                ? "heap up to %d MB".formatted(heapMb)
                : "heap up to %d of %s MB, the rest caches the logs".formatted(heapMb, machineMb);
    }

    private static String sinceStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .map(took -> "after %.2f s".formatted(took.toMillis() / 1000.0))
                .orElse("now");
    }
}
