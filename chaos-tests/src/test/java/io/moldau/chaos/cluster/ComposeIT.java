package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

/// The compose file's three nodes without containers: the same environment, each with its own
/// folder and its own loopback address in place of its host name.
class ComposeIT {
    private static final Pattern SERVICE = Pattern.compile("^  (kafka\\d):$");
    private static final Pattern VARIABLE = Pattern.compile("^      ([A-Z_]+): (.*)$");
    private static final Pattern EXTERNAL = Pattern.compile("EXTERNAL://.*:(\\d+)");
    private static final Pattern INTERNAL = Pattern.compile("INTERNAL://([^:]+):(\\d+)");

    @Test
    void startsAClusterThatAnswersInsideAndOutside() throws Exception {
        var services = services();
        assertThat(services).hasSize(3);
        var brokers = new ArrayList<BrokerProcess>();
        try {
            services.forEach((name, environment) -> brokers.add(broker(name, environment)));
            brokers.forEach(BrokerProcess::launch);
            brokers.forEach(BrokerProcess::awaitServing);
            var outside = bootstrap(services, EXTERNAL, "127.0.0.1");
            var inside = bootstrap(services, INTERNAL, null);
            try (var view = new ClusterView(outside)) {
                view.awaitNodes(3);
            }
            Topics.create(outside, new NewTopic("orders", 3, (short) 3));
            assertThat(addresses(outside)).containsExactlyInAnyOrder(outside.split(","));
            assertThat(addresses(inside)).containsExactlyInAnyOrder(inside.split(","));
            assertThat(addresses(inside)).allMatch(address -> !address.startsWith("127.0.0.1:"));
            // That each stops in time is a part of the promise.
            brokers.forEach(BrokerProcess::close);
        } finally {
            brokers.stream().filter(BrokerProcess::isAlive).forEach(BrokerProcess::kill);
        }
    }

    private static BrokerProcess broker(String name, Map<String, String> environment) {
        int port = Integer.parseInt(first(EXTERNAL, environment).group(1));
        var full = new HashMap<>(environment);
        full.put("KAFKA_LOG_DIRS", "data");
        full.put("MOLDAU_ADMIN_LISTEN", "none");
        return Acceptance.bare("compose-" + name, port, full);
    }

    private static MatchResult first(Pattern pattern, Map<String, String> environment) {
        return pattern.matcher(environment.get("KAFKA_ADVERTISED_LISTENERS"))
                .results()
                .findFirst()
                .orElseThrow();
    }

    private static String bootstrap(
            Map<String, Map<String, String>> services, Pattern listener, String host) {
        var all = new ArrayList<String>();
        for (var environment : services.values()) {
            var match = first(listener, environment);
            all.add(
                    host == null
                            ? match.group(1) + ":" + match.group(2)
                            : host + ":" + match.group(1));
        }
        return String.join(",", all);
    }

    /// What a client is told that asks by one listener.
    private static List<String> addresses(String bootstrap) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.describeCluster().nodes().get().stream().map(ComposeIT::address).toList();
        }
    }

    private static String address(Node node) {
        return node.host() + ":" + node.port();
    }

    /// The services' environments, with loopback addresses for names and free ports for the fixed
    /// ones.
    private static Map<String, Map<String, String>> services() throws IOException {
        var file = Acceptance.checkout().resolve("deploy/container/compose.yaml");
        var services = new LinkedHashMap<String, Map<String, String>>();
        var ports = new HashMap<String, String>();
        String service = "";
        for (var line : Files.readAllLines(file)) {
            var name = SERVICE.matcher(line);
            var variable = VARIABLE.matcher(line);
            if (name.matches()) {
                service = name.group(1);
            } else if (variable.matches()) {
                services.computeIfAbsent(service, _ -> new LinkedHashMap<>())
                        .put(variable.group(1), local(variable.group(2), ports));
            }
        }
        return services;
    }

    private static String local(String value, Map<String, String> ports) {
        var hosts =
                value.replace("${DOCKER_HOST_IP:-127.0.0.1}", "127.0.0.1")
                        .replaceAll("kafka(\\d)", "127.0.0.1$1");
        return Pattern.compile("(?<=\\d:)1?909\\d\\b")
                .matcher(hosts)
                .replaceAll(match ->
                        ports.computeIfAbsent(
                                match.group(), _ -> Integer.toString(Acceptance.freePort())));
    }
}
