package io.moldau.cli;

import io.moldau.broker.app.ExitReason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Several nodes on this machine, each a process of its own, as one command in the foreground.
@Command(
        name = "dev",
        description = {
            "Starts a cluster on this machine, one process a node, until it is told to stop.",
            "Node 1 serves clients on the port given, node 2 on the next, and so on."
        })
final class DevCommand extends MoldauCommand {
    private static final int NODES_MAX = 9;
    private static final int REPLICAS_MAX = 3;
    private static final int CLUSTER_PORT_DISTANCE = 100;
    private static final int FIRST_ADMIN_PORT = 9644;
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int PORT_MAX = 65_535 - CLUSTER_PORT_DISTANCE - NODES_MAX;

    @Option(
            names = {"-n", "--nodes"},
            paramLabel = "COUNT",
            defaultValue = "3",
            description = "how many nodes; 3 if not given")
    private int count;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            description = "holds a folder for each node")
    private Path data;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "the first node's port for clients; 9092 if not given")
    private int port;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "one setting, for every node")
    private final Map<String, String> overrides = new LinkedHashMap<>();

    private final List<DevNode> nodes = new ArrayList<>();
    private List<Integer> adminPorts = List.of();
    private final Instant begin = Instant.now();

    @Override
    int run() throws Exception {
        check();
        adminPorts = adminPorts(count);
        var ended = new LinkedBlockingQueue<DevNode>();
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop"));
        try {
            for (int id = 1; id <= count; id++) {
                nodes.add(DevNode.start(id, arguments(id), this::print));
            }
            nodes.forEach(node -> node.onEnd(() -> ended.add(node)));
            if (awaitServing(ended)) {
                print(welcome());
                ended.take();
            }
            throw died();
        } finally {
            stopAll();
        }
    }

    private void check() throws IOException {
        if (count < 1 || count > NODES_MAX) {
            throw CliException.usage(
                    "-n %d cannot be: 1 to %d nodes run on one machine."
                            .formatted(count, NODES_MAX));
        }
        if (port < 1 || port > PORT_MAX) {
            throw CliException.usage("--port %d cannot be.".formatted(port));
        }
        for (int id = 1; id <= count; id++) {
            requireFree(clientPort(id));
            requireFree(clusterPort(id));
        }
    }

    private static void requireFree(int port) throws IOException {
        if (!isFree(port)) {
            throw new CliException(
                    ExitReason.ADDRESS_IN_USE.exitCode(),
                    "Port %d is in use: stop what uses it, or choose other ports with --port."
                            .formatted(port));
        }
    }

    private static boolean isFree(int port) throws IOException {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (BindException taken) {
            return false;
        }
    }

    /// The operator's ports follow each other where they can; another node of this machine may have
    /// the first.
    private static List<Integer> adminPorts(int count) throws IOException {
        var ports = new ArrayList<Integer>();
        for (int candidate = FIRST_ADMIN_PORT; ports.size() < count; candidate++) {
            if (isFree(candidate)) {
                ports.add(candidate);
            }
        }
        return ports;
    }

    private int clientPort(int id) {
        return port + id - 1;
    }

    private int clusterPort(int id) {
        return clientPort(id) + CLUSTER_PORT_DISTANCE;
    }

    private List<String> arguments(int id) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("node.id", Integer.toString(id));
        settings.put("cluster.listen", "127.0.0.1:" + clusterPort(id));
        settings.put("admin.listen", "127.0.0.1:" + adminPorts.get(id - 1));
        settings.put("default.replication.factor", Integer.toString(Math.min(count, REPLICAS_MAX)));
        settings.putAll(overrides);
        var arguments =
                new ArrayList<>(
                        List.of(
                                "start",
                                "--listen",
                                "127.0.0.1:" + clientPort(id),
                                "--data",
                                folder().resolve("node-" + id).toString(),
                                "--join",
                                IntStream.rangeClosed(1, count)
                                        .mapToObj(other -> "127.0.0.1:" + clusterPort(other))
                                        .collect(Collectors.joining(","))));
        settings.forEach(
                (key, value) -> arguments.addAll(List.of("--override", key + "=" + value)));
        return arguments;
    }

    private Path folder() {
        return data == null
                ? DataFolder.byDefault(System.getenv()).resolveSibling("moldau-dev")
                : data.toAbsolutePath().normalize();
    }

    /// @return false when a node ended first
    private boolean awaitServing(BlockingQueue<DevNode> ended) throws InterruptedException {
        while (!nodes.stream().allMatch(DevNode::serves)) {
            if (!ended.isEmpty()) {
                return false;
            }
            Thread.sleep(LOOK);
        }
        return true;
    }

    private CliException died() {
        var dead =
                nodes.stream()
                        .filter(node -> !node.isAlive())
                        .map(node ->
                                "node %d ended with status %d".formatted(node.id(), node.status()))
                        .collect(Collectors.joining(", "));
        return CliException.failure(
                "%s; the others were stopped."
                        .formatted(Character.toUpperCase(dead.charAt(0)) + dead.substring(1)));
    }

    private String welcome() {
        var bootstrap =
                IntStream.rangeClosed(1, count)
                        .mapToObj(id -> "localhost:" + clientPort(id))
                        .collect(Collectors.joining(","));
        var first = "localhost:" + clientPort(1);
        var last = "localhost:" + clientPort(count);
        var lines = new ArrayList<String>();
        lines.add(
                session().bold("Moldau " + Version.number())
                        + session()
                                .dim(
                                        "  %d nodes, ready after %.2f s"
                                                .formatted(
                                                        count,
                                                        Duration.between(begin, Instant.now())
                                                                        .toMillis()
                                                                / 1000.0)));
        line(lines, "data", folder() + "/node-1 to node-" + count);
        line(lines, "clients", bootstrap);
        line(lines, "produce", "echo hello | moldau produce greetings -b " + first);
        line(lines, "consume", "moldau consume greetings -b " + last);
        line(lines, "nodes", "moldau nodes list -b " + first);
        line(lines, "health", "curl 127.0.0.1:%d/safe-to-stop".formatted(adminPorts.getFirst()));
        lines.add("  Ctrl-C stops all of them.");
        return String.join("\n", lines);
    }

    private void line(List<String> lines, String name, String text) {
        lines.add("  " + session().dim("%-8s".formatted(name)) + " " + text);
    }

    private void print(String line) {
        synchronized (nodes) {
            session().out().println(line);
            session().out().flush();
        }
    }

    private void stopAll() {
        nodes.forEach(DevNode::askToStop);
        nodes.forEach(DevNode::awaitEnd);
    }

    /// The JVM would end with 128 plus the signal, however well all stopped: hence `halt`.
    private void stopOnSignal() {
        boolean allAlive = nodes.stream().allMatch(DevNode::isAlive);
        stopAll();
        Runtime.getRuntime().halt(allAlive ? ExitStatus.OK : ExitStatus.FAILURE);
    }
}
