package io.moldau.chaos.run;

import io.moldau.chaos.proxy.Network;
import io.moldau.chaos.run.BrokerProcess.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A cluster of our own: each node a process of the one executable with a folder of its own, and
/// between every two of them a network that can be harmed.
///
/// One node, the last, may have a small disk of its own, which can fill up.
public final class OwnNodes implements Nodes {
    private static final int PORTS_FROM = 22_000;
    private static final int PORTS_TO = 29_000;
    private static final int BLOCK = 40;
    private static final int PEER_PORTS = 10;
    private static final int ADMIN_PORTS = 20;
    private static final String JVM_OPTIONS = "MOLDAU_JVM_OPTS";
    private static final String HEAP_OPTIONS = "KAFKA_HEAP_OPTS";

    /// Several brokers share the machine with their clients.
    private static final String SMALL_HEAP = "-Xms24m -Xmx384m";

    /// So that Ctrl-C in a terminal reaches us and not the nodes.
    private static final Path OWN_SESSION = Path.of("/usr/bin/setsid");

    private final Path hosts = newFolder();
    private final Network network;
    private final Map<Integer, BrokerProcess> nodes = new TreeMap<>();
    private final Map<Integer, Boolean> wanted = new ConcurrentHashMap<>();
    private final Optional<SmallDisk> smallDisk;
    private final List<String> skipped = new ArrayList<>();

    /// What to start.
    ///
    /// @param executable the `moldau` file, or whatever takes its command line
    /// @param home folder of all nodes: `node-1` and so on
    /// @param count how many
    /// @param overrides settings of every node, `key=value`
    /// @param smallDiskMb size of the last node's own disk; 0 for none
    public record Setup(
            Path executable, Path home, int count, List<String> overrides, int smallDiskMb) {
        public Setup {
            overrides = List.copyOf(overrides);
        }
    }

    private OwnNodes(Setup setup) {
        int base = freePorts();
        var ids = IntStream.rangeClosed(1, setup.count()).boxed().toList();
        network =
                Network.between(
                        ids.stream()
                                .collect(Collectors.toMap(id -> id, id -> base + PEER_PORTS + id)));
        smallDisk = setup.smallDiskMb() > 0 ? smallDisk(setup, ids.getLast()) : Optional.empty();
        ids.forEach(id -> nodes.put(id, BrokerProcess.of(launch(setup, id, base))));
    }

    /// Starts all nodes and waits until they serve.
    ///
    /// @throws UncheckedIOException the addresses of the links cannot be had
    /// @throws IllegalStateException a node does not start
    public static OwnNodes start(Setup setup) {
        var own = new OwnNodes(setup);
        try {
            own.nodes.forEach((id, node) -> node.launch(own.options(id, "")));
            own.nodes.values().forEach(BrokerProcess::awaitServing);
            own.ids().forEach(id -> own.wanted.put(id, true));
            return own;
        } catch (IllegalStateException failed) {
            own.close();
            throw failed;
        }
    }

    /// Below those that the system gives away by itself, so that nobody takes a dead node's.
    private static int freePorts() {
        for (int base = PORTS_FROM; base < PORTS_TO; base += BLOCK) {
            if (IntStream.range(base, base + BLOCK).allMatch(OwnNodes::isFree)) {
                return base;
            }
        }
        throw new IllegalStateException(
                "no %d free ports between %d and %d".formatted(BLOCK, PORTS_FROM, PORTS_TO));
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private Optional<SmallDisk> smallDisk(Setup setup, int id) {
        var data = home(setup, id).resolve("data");
        return SmallDisk.mount(data, setup.smallDiskMb(), skipped);
    }

    private static Path home(Setup setup, int id) {
        return setup.home().resolve("node-" + id).toAbsolutePath();
    }

    private Launch launch(Setup setup, int id, int base) {
        var home = home(setup, id);
        network.writeHosts(id, hosts.resolve("node-" + id));
        var all =
                IntStream.rangeClosed(1, setup.count())
                        .mapToObj(network::address)
                        .collect(Collectors.joining(","));
        var prefix = new ArrayList<String>();
        if (Files.isExecutable(OWN_SESSION)) {
            prefix.add(OWN_SESSION.toString());
        }
        onSmallDisk(id, setup.count()).ifPresent(disk -> prefix.addAll(List.of(disk.prefix())));
        return Launch.of(setup.executable().toAbsolutePath(), home, base + id)
                .withArguments("--join", all)
                .withOverrides(
                        "node.id=" + id,
                        "cluster.listen=" + network.address(id),
                        "admin.listen=127.0.0.1:" + (base + ADMIN_PORTS + id))
                .withOverrides(setup.overrides().toArray(String[]::new))
                .withEnvironment(
                        Map.of(
                                HEAP_OPTIONS,
                                System.getenv().getOrDefault(HEAP_OPTIONS, SMALL_HEAP)))
                .withPrefix(prefix.toArray(String[]::new));
    }

    /// The launcher takes options apart at blanks, so there must be none in the file's name.
    private Map<String, String> options(int id, String more) {
        var names = "-Djdk.net.hosts.file=" + hosts.resolve("node-" + id);
        return Map.of(
                JVM_OPTIONS,
                Stream.of(System.getenv(JVM_OPTIONS), names, more)
                        .filter(options -> options != null && !options.isBlank())
                        .collect(Collectors.joining(" ")));
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("moldau-hosts-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<SmallDisk> onSmallDisk(int id, int last) {
        return id == last ? smallDisk : Optional.empty();
    }

    /// The disk that may fill up, and the node whose it is, the last one.
    public Optional<SmallDisk> smallDisk() {
        return smallDisk;
    }

    /// What could not be had on this machine, and why.
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    public Network network() {
        return network;
    }

    @Override
    public List<Integer> ids() {
        return List.copyOf(nodes.keySet());
    }

    @Override
    public String bootstrap() {
        return nodes.values().stream()
                .map(BrokerProcess::bootstrap)
                .collect(Collectors.joining(","));
    }

    /// The folder with the node's partitions.
    public Path data(int id) {
        return onSmallDisk(id, ids().getLast())
                .map(disk -> disk.outside(""))
                .orElseGet(() -> nodes.get(id).data());
    }

    @Override
    public void kill(int id) {
        var node = nodes.get(id);
        synchronized (node) {
            wanted.put(id, false);
            node.kill();
        }
    }

    @Override
    public void stop(int id) {
        var node = nodes.get(id);
        synchronized (node) {
            wanted.put(id, false);
            int status = node.stop();
            if (status != 0) {
                throw new IllegalStateException(
                        "node %d ended with status %d after SIGTERM".formatted(id, status));
            }
        }
    }

    @Override
    public void start(int id) {
        start(id, "");
    }

    /// Starts it, this once with more options of the JVM.
    public void start(int id, String moreJvmOptions) {
        var node = nodes.get(id);
        synchronized (node) {
            node.launch(options(id, moreJvmOptions));
            node.awaitServing(); // Says itself when it does not come to that.
            wanted.put(id, true);
        }
    }

    @Override
    public void pause(int id) {
        var node = nodes.get(id);
        synchronized (node) {
            node.pause();
        }
    }

    @Override
    public void resume(int id) {
        var node = nodes.get(id);
        synchronized (node) {
            node.resume();
        }
    }

    /// Starts those that nobody ended and that are gone all the same.
    ///
    /// @return one sentence for each
    public List<String> revive() {
        var said = new ArrayList<String>();
        var dead = ids().stream().filter(id -> !nodes.get(id).isAlive()).toList();
        for (int id : dead) {
            var node = nodes.get(id);
            if (wanted.getOrDefault(id, false)) {
                said.add(
                        "node %d ended by itself with status %d, see %s"
                                .formatted(id, node.exitStatus(), node.log()));
            }
        }
        Together.each(dead, this::start);
        return said;
    }

    @Override
    public void close() {
        for (int id : ids()) {
            try {
                nodes.get(id).close();
            } catch (IllegalStateException hangs) {
                skipped.add("node %d had to be killed at the end".formatted(id));
            }
        }
        smallDisk.ifPresent(SmallDisk::close);
        network.close();
        delete(hosts);
    }

    /// Removes what the nodes have written.
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
