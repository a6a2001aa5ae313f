package io.moldau.chaos.run;

import io.moldau.chaos.run.BrokerProcess.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// What the acceptance tests are run with, from system properties:
///
/// - `moldau.executable`: the `moldau` file of which each test starts its own brokers; or
/// - `moldau.target`: HOST:PORT of a running broker, for the tests that need no more than that;
/// - `moldau.checkout`: the top of the sources, by default the parent of the working directory;
/// - `moldau.work`: folder for data, logs and reports, by default `target/acceptance`;
/// - `moldau.clients`: folder of the fetched clients, by default `target/clients` of this module;
/// - `moldau.port.base`: where to take ports from, by default wherever the system has free ones.
public final class Acceptance {
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(Integer.getInteger("moldau.port.base", 0));

    private Acceptance() {}

    /// A broker of our own; the test is skipped when a foreign target is all there is.
    public static BrokerProcess startBroker(String name, String... overrides) {
        return BrokerProcess.start(launch(name).withOverrides(overrides));
    }

    /// A cluster of our own whose nodes all serve.
    public static ClusterProcess startCluster(String name, int size, String... overrides) {
        var cluster = cluster(name, size, overrides);
        try {
            cluster.start();
            return cluster;
        } catch (IllegalStateException e) {
            cluster.close();
            throw e;
        }
    }

    /// A cluster of our own, not running yet.
    public static ClusterProcess cluster(String name, int size, String... overrides) {
        requireOwnBrokers();
        return ClusterProcess.of(
                executable(), emptied(work().resolve(name)), size, Acceptance::freePort, overrides);
    }

    public static Launch launch(String name) {
        requireOwnBrokers();
        return Launch.of(executable(), emptied(work().resolve(name)), freePort());
    }

    /// A broker that is told by its environment alone what to do, not running yet.
    ///
    /// @param port on which it will answer
    public static BrokerProcess bare(String name, int port, Map<String, String> environment) {
        requireOwnBrokers();
        var home = emptied(work().resolve(name));
        return BrokerProcess.of(Launch.bare(executable(), home, port, environment));
    }

    private static void requireOwnBrokers() {
        Assumptions.assumeTrue(
                System.getProperty("moldau.target") == null,
                "needs a broker of its own, and moldau.target is another's");
    }

    /// Address of the running broker to test, if one was named.
    public static Optional<String> target() {
        return Optional.ofNullable(System.getProperty("moldau.target"));
    }

    /// The `moldau` file itself.
    public static Path executable() {
        var property = System.getProperty("moldau.executable");
        if (property == null) {
            throw new IllegalStateException(
                    "say which broker: -Dmoldau.executable=FILE or -Dmoldau.target=HOST:PORT");
        }
        return Path.of(property).toAbsolutePath();
    }

    public static Path work() {
        return Path.of(System.getProperty("moldau.work", "target/acceptance")).toAbsolutePath();
    }

    /// Where a report goes that people read: beside the build's other results.
    public static Path report(String fileName) {
        return work().getParent().resolve(fileName);
    }

    /// Folder with the jars of one client, as `clients/pom.xml` names it.
    public static Path client(String name) {
        return clients().resolve(name);
    }

    private static Path clients() {
        var property = System.getProperty("moldau.clients");
        return Stream.of(
                        property == null ? "target/clients" : property,
                        "../chaos-tests/target/clients")
                .map(folder -> Path.of(folder).toAbsolutePath().normalize())
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "no clients yet: mvn -f chaos-tests/clients package"));
    }

    public static Path checkout() {
        return Path.of(System.getProperty("moldau.checkout", "..")).toAbsolutePath().normalize();
    }

    public static int freePort() {
        if (NEXT_PORT.get() > 0) {
            return NEXT_PORT.getAndIncrement();
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many processes wait for each processor, at least 1: a clock says little on a machine
    /// that others use as well.
    public static double machineBusyness() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return Math.max(1, system.getSystemLoadAverage() / system.getAvailableProcessors());
    }

    private static Path emptied(Path folder) {
        if (!Files.exists(folder)) {
            return folder;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + folder, e);
        }
    }

    /// The class path of a program in a JVM of its own: our test classes and one client's jars,
    /// nothing else.
    public static String classPath(Class<?> program, Path jars) {
        try {
            var ours = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
            return ours + ":" + jars + "/*";
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// This JVM's own `java`, with options that make short programs start fast.
    public static List<String> java(String heap) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx" + heap);
    }
}
