package io.moldau.chaos.proxy;

import io.moldau.chaos.proxy.Link.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The network between a cluster's nodes: a [Link] for each direction of each pair.
///
/// Nodes call each other by name, and every node has a hosts file of its own, so each dials another
/// proxy for the same name: node 1 takes `node-2` for 127.77.1.2, and node 3 for 127.77.3.2. All of
/// 127.0.0.0/8 is this machine, on Linux.
public final class Network implements AutoCloseable {
    private static final String LINKS = "127.77.";
    private static final String HOME = "127.0.0.1";

    private final Map<Integer, Integer> ports;
    private final Map<Pair, Link> links = new HashMap<>();

    /// @param source the node that dials
    private record Pair(int source, int target) {}

    private Network(Map<Integer, Integer> ports) {
        this.ports = new TreeMap<>(ports);
    }

    /// @param ports of each node for the others, by its id
    /// @throws UncheckedIOException this machine has no such loopback addresses, or a port is taken
    public static Network between(Map<Integer, Integer> ports) {
        var network = new Network(ports);
        try {
            for (int source : ports.keySet()) {
                for (int target : ports.keySet()) {
                    if (source != target) {
                        network.links.put(new Pair(source, target), network.open(source, target));
                    }
                }
            }
            return network;
        } catch (UncheckedIOException refused) {
            network.close();
            throw refused;
        }
    }

    private Link open(int source, int target) {
        int port = ports.get(target);
        return Link.open(
                new InetSocketAddress(linkHost(source, target), port),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static String linkHost(int source, int target) {
        return LINKS + source + "." + target;
    }

    /// What the node is called by the others.
    public static String name(int id) {
        return "node-" + id;
    }

    /// Where the others reach it, as each of them is told.
    public String address(int id) {
        return name(id) + ":" + ports.get(id);
    }

    /// Writes what `source` believes of the others' names.
    public void writeHosts(int source, Path file) {
        var lines = new ArrayList<String>();
        lines.add(HOME + " " + name(source) + " localhost");
        machineName().ifPresent(name -> lines.add(HOME + " " + name));
        others(source).forEach(target -> lines.add(linkHost(source, target) + " " + name(target)));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> machineName() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName())
                    .filter(name -> !name.equals("localhost"));
        } catch (UnknownHostException nameless) {
            return Optional.empty();
        }
    }

    private List<Integer> others(int id) {
        return ports.keySet().stream().filter(other -> other != id).toList();
    }

    /// Nothing that `from` says reaches `to`, whoever dialled; what `to` says arrives.
    public Hold cutOneWay(int from, int to) {
        return all(
                List.of(
                        link(from, to).impose(Impairment.FORWARD_CUT),
                        link(to, from).impose(Impairment.BACKWARD_CUT)));
    }

    /// Whatever is wrong is wrong for connections of either to the other.
    public Hold between(int one, int other, Impairment impairment) {
        return all(
                List.of(link(one, other).impose(impairment), link(other, one).impose(impairment)));
    }

    /// Whatever is wrong is wrong between each of `group` and each node outside of it.
    public Hold around(Set<Integer> group, Impairment impairment) {
        var outside = ports.keySet().stream().filter(id -> !group.contains(id)).toList();
        return all(
                group.stream()
                        .flatMap(one ->
                                outside.stream().map(other -> between(one, other, impairment)))
                        .collect(Collectors.toList()));
    }

    /// Breaks every connection between `id` and the others.
    ///
    /// @return how many there were
    public int reset(int id) {
        return others(id).stream()
                .mapToInt(other -> link(id, other).reset() + link(other, id).reset())
                .sum();
    }

    private Link link(int source, int target) {
        return links.get(new Pair(source, target));
    }

    private static Hold all(List<Hold> holds) {
        return () -> holds.forEach(Hold::close);
    }

    @Override
    public void close() {
        links.values().forEach(Link::close);
    }
}
