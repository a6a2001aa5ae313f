package io.moldau.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Option;

/// Where the broker is and how to talk to it; the same for every command that asks one.
final class ClientOptions {
    private static final int CONNECT_TIMEOUT_MS = 2000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final int CALL_TIMEOUT_MS = 15_000;

    @Option(
            names = {"-b", "--bootstrap-server"},
            paramLabel = "HOST:PORT,…",
            defaultValue = "${env:MOLDAU_BOOTSTRAP:-localhost:9092}",
            description = "brokers to ask first; ${DEFAULT-VALUE} when not given")
    private String bootstrap;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "client settings as a properties file")
    private Path configFile;

    @Option(
            names = "-X",
            paramLabel = "KEY=VALUE",
            description = "one client setting; wins over the file")
    private final Map<String, String> settings = new LinkedHashMap<>();

    String bootstrap() {
        return bootstrap;
    }

    /// An admin client of a broker that is known to listen.
    Admin admin() {
        var properties = properties(Map.of());
        requireListening();
        return Admin.create(properties);
    }

    /// The settings of any of Kafka's clients.
    ///
    /// @param defaults this command's own, which file and options may change
    Properties properties(Map<String, ?> defaults) {
        var properties = new Properties();
        properties.put("client.id", "moldau-cli");
        properties.put("request.timeout.ms", Integer.toString(REQUEST_TIMEOUT_MS));
        properties.put("default.api.timeout.ms", Integer.toString(CALL_TIMEOUT_MS));
        properties.put("enable.metrics.push", "false");
        defaults.forEach((name, value) -> properties.put(name, value.toString()));
        if (configFile != null) {
            try (Reader reader = Files.newBufferedReader(configFile, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (NoSuchFileException missing) {
                throw CliException.usage("There is no file " + missing.getFile() + ".");
            } catch (IOException | IllegalArgumentException unreadable) {
                throw CliException.usage(
                        "Cannot read %s: %s.".formatted(configFile, unreadable.getMessage()));
            }
        }
        properties.putAll(settings);
        properties.put("bootstrap.servers", bootstrap);
        return properties;
    }

    /// Kafka's clients try a closed port again and again until their time is over; a person wants
    /// to know at once.
    ///
    /// @throws CliException none of the addresses accepts a connection
    void requireListening() {
        var addresses = addresses();
        String reason = "";
        for (var address : addresses) {
            try (var socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(address.getHostString(), address.getPort()),
                        CONNECT_TIMEOUT_MS);
                return;
            } catch (java.net.UnknownHostException unknown) {
                reason = "the name %s is not known".formatted(address.getHostString());
            } catch (IOException refused) {
                reason = refused.getMessage();
            } catch (IllegalArgumentException unknown) {
                reason = "the name %s is not known".formatted(address.getHostString());
            }
        }
        throw CliException.failure(
                "No broker answers at %s (%s): is it running? Start one with: moldau start"
                        .formatted(bootstrap, reason));
    }

    private List<InetSocketAddress> addresses() {
        var addresses = new ArrayList<InetSocketAddress>();
        for (var entry : bootstrap.split(",", -1)) {
            int colon = entry.lastIndexOf(':');
            try {
                int port = Integer.parseInt(entry.substring(colon + 1).strip());
                var host = entry.substring(0, Math.max(0, colon)).strip().replaceAll("^\\[|]$", "");
                if (host.isEmpty() || host.contains("/")) {
                    throw new IllegalArgumentException("no host");
                }
                addresses.add(InetSocketAddress.createUnresolved(host, port));
            } catch (IllegalArgumentException noAddress) {
                throw CliException.usage(
                        "%s is no address of a broker; write HOST:PORT, as in localhost:9092."
                                .formatted(entry.isBlank() ? "An empty text" : entry));
            }
        }
        return addresses;
    }
}
