package io.moldau.cli;

import io.moldau.broker.app.BrokerNode;
import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.Sources;
import io.moldau.broker.logging.Logging;
import io.moldau.env.Clock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rehearses a first minute, so that the JVM can note what it loads, links and finds hot, and start
/// faster the next time. The launcher's `--train FILE` calls it with a folder of its own; nobody
/// else does.
///
/// A broker on a port that the system chooses; every command once, and records enough for the paths
/// that matter to become hot. Then three that find each other, as on three machines.
///
/// Source: JEP 483, JEP 514 and JEP 515.
public final class Training {
    private static final int ROUNDS = 3;
    private static final int RECORDS = 1000;
    private static final int NODES = 3;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final PrintStream NOWHERE =
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

    private Training() {}

    public static void main(String[] args) throws Exception {
        Logging.setLevels("error,org.apache.kafka=off");
        var folder = Path.of(args[0]);
        var config =
                BrokerConfig.load(
                        new Sources(
                                Map.of("log.dir", folder.toString()),
                                Map.of(),
                                Map.of("listeners", "PLAINTEXT://127.0.0.1:0")));
        try (var node = BrokerNode.start(config, Clock.system())) {
            rehearse("127.0.0.1:" + node.listeners().getFirst().port());
        }
        rehearseCluster(folder.resolve("cluster"));
        // Once more the way a user does it, on data that is there: options, banner, recovery, stop.
        var port = freePort();
        Thread.ofPlatform().daemon().start(() -> start(folder, port));
        awaitListening(port);
        rehearse("127.0.0.1:" + port);
        System.exit(ExitStatus.OK); // As a signal does: the node stops in order, then the process.
    }

    private static void start(Path folder, int port) {
        var session = new Session(noInput(), NOWHERE, System.err, true);
        var line = "start --listen 127.0.0.1:%d --data %s".formatted(port, folder);
        int status = Main.run(session, line.split(" ", -1));
        Runtime.getRuntime().halt(status);
    }

    /// Three nodes of one process: what they say to each other is the same as between three.
    private static void rehearseCluster(Path folder) throws Exception {
        var addresses = new ArrayList<String>();
        for (int i = 0; i < NODES; i++) {
            addresses.add("127.0.0.1:" + freePort());
        }
        var starting = new ArrayList<CompletableFuture<BrokerNode>>();
        for (var address : addresses) {
            var config =
                    BrokerConfig.load(
                            new Sources(
                                    Map.of(
                                            "log.dir",
                                            folder.resolve("node-" + starting.size()).toString()),
                                    Map.of(),
                                    Map.of(
                                            "listeners",
                                            "PLAINTEXT://127.0.0.1:0",
                                            "admin.listen",
                                            "none",
                                            "cluster.listen",
                                            address,
                                            "cluster.join",
                                            String.join(",", addresses))));
            starting.add(start(config));
        }
        var nodes = starting.stream().map(CompletableFuture::join).toList();
        var broker = "127.0.0.1:" + nodes.getLast().listeners().getFirst().port();
        run(
                noInput(),
                "topics create rehearsal --partitions 3 --replication-factor 3 -b " + broker);
        produceAndConsume(broker, 0);
        run(noInput(), "nodes list -b " + broker);
        for (var node : nodes) {
            node.close();
        }
    }

    private static CompletableFuture<BrokerNode> start(BrokerConfig config) {
        var started = new CompletableFuture<BrokerNode>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        started.complete(BrokerNode.start(config, Clock.system()));
                    } catch (RuntimeException failed) {
                        started.completeExceptionally(failed);
                    }
                });
        return started;
    }

    private static void rehearse(String broker) {
        run(noInput(), "topics create rehearsal --if-not-exists --partitions 3 -b " + broker);
        for (int round = 0; round < ROUNDS; round++) {
            produceAndConsume(broker, round);
        }
        for (var line :
                List.of(
                        "topics list",
                        "topics describe rehearsal",
                        "topics alter rehearsal --config retention.ms=3600000",
                        "configs describe topic rehearsal",
                        "groups list",
                        "groups describe readers",
                        "groups reset-offsets readers --to earliest",
                        "cluster info",
                        "cluster nodes --format json")) {
            run(noInput(), line + " -b " + broker);
        }
    }

    private static void produceAndConsume(String broker, int round) {
        var codecs = new String[] {"none", "lz4", "zstd"};
        var lines =
                IntStream.range(0, RECORDS)
                        .mapToObj(
                                number -> "key-%d:record number %d".formatted(number % 100, number))
                        .collect(Collectors.joining("\n"));
        run(
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                "produce rehearsal -K : -z %s -b %s".formatted(codecs[round], broker));
        run(noInput(), "consume rehearsal -e -f %t/%p@%o:%k=%s\\n -b " + broker);
        run(noInput(), "consume rehearsal -e -G readers -b " + broker);
    }

    /// @throws IllegalStateException a command failed: what would be kept is not what users run
    private static void run(ByteArrayInputStream input, String line) {
        var err = new java.io.ByteArrayOutputStream();
        var session =
                new Session(
                        input, NOWHERE, new PrintStream(err, true, StandardCharsets.UTF_8), false);
        int status = Main.run(session, line.split(" ", -1));
        if (status != ExitStatus.OK) {
            throw new IllegalStateException(line + ": " + err.toString(StandardCharsets.UTF_8));
        }
    }

    private static ByteArrayInputStream noInput() {
        return new ByteArrayInputStream(new byte[0]);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws InterruptedException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            try (var socket = new Socket()) {
                socket.connect(address);
                return;
            } catch (IOException notYet) {
                Thread.sleep(POLL);
            }
        }
        throw new IllegalStateException("the broker does not start");
    }
}
