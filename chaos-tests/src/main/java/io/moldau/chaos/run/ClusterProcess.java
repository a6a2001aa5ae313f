package io.moldau.chaos.run;

import io.moldau.chaos.run.BrokerProcess.Launch;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A cluster of brokers, each its own process with its own folder, ids 1 to n.
///
/// Every node is told of all the others by `cluster.join`, as an operator would do it. Not for use
/// from several threads at once.
public final class ClusterProcess implements AutoCloseable {
    private final Path executable;
    private final Path home;
    private final IntSupplier ports;
    private final List<String> overrides;
    private final List<Integer> clusterPorts = new ArrayList<>();
    private final List<Integer> adminPorts = new ArrayList<>();
    private final List<BrokerProcess> nodes = new ArrayList<>();

    private ClusterProcess(Path executable, Path home, IntSupplier ports, List<String> overrides) {
        this.executable = executable;
        this.home = home;
        this.ports = ports;
        this.overrides = overrides;
    }

    /// A cluster that is not running yet.
    ///
    /// @param home folder of all its nodes: `node-1` and so on
    /// @param ports gives a free port at each call
    /// @param overrides settings of every node, `key=value`
    public static ClusterProcess of(
            Path executable, Path home, int size, IntSupplier ports, String... overrides) {
        var cluster = new ClusterProcess(executable, home, ports, List.of(overrides));
        IntStream.range(0, size).forEach(_ -> cluster.clusterPorts.add(ports.getAsInt()));
        for (int id = 1; id <= size; id++) {
            cluster.nodes.add(cluster.broker(id));
        }
        return cluster;
    }

    private BrokerProcess broker(int id) {
        int adminPort = ports.getAsInt();
        adminPorts.add(adminPort);
        var launch =
                Launch.of(executable, home.resolve("node-" + id), ports.getAsInt())
                        .withArguments("--join", addresses())
                        .withOverrides(
                                "node.id=" + id,
                                "cluster.listen=127.0.0.1:" + clusterPorts.get(id - 1),
                                "admin.listen=127.0.0.1:" + adminPort)
                        .withOverrides(overrides.toArray(String[]::new));
        return BrokerProcess.of(launch);
    }

    private String addresses() {
        return clusterPorts.stream()
                .map(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(","));
    }

    /// Starts every node, in the order of their ids, and waits until all serve.
    public void start() {
        nodes.forEach(BrokerProcess::launch);
        nodes.forEach(BrokerProcess::awaitServing);
    }

    /// Adds a node with the next id, which is not running yet, to those that know of the others.
    public BrokerProcess grow() {
        clusterPorts.add(ports.getAsInt());
        var node = broker(nodes.size() + 1);
        nodes.add(node);
        return node;
    }

    /// @param id from 1
    public BrokerProcess node(int id) {
        return nodes.get(id - 1);
    }

    public List<BrokerProcess> nodes() {
        return List.copyOf(nodes);
    }

    /// Where a node answers on health and metrics.
    ///
    /// @param id from 1
    public URI adminUri(int id) {
        return URI.create("http://127.0.0.1:" + adminPorts.get(id - 1));
    }

    /// The addresses of all nodes, as clients take them.
    public String bootstrap() {
        return nodes.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    /// Ends every node; those that do not stop by themselves are killed.
    @Override
    public void close() {
        var failures = new ArrayList<RuntimeException>();
        for (var node : nodes) {
            try {
                node.close();
            } catch (IllegalStateException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }
}
