package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Files and environments as their users have them.
class SettingsFilesTest {
    private static BrokerConfig load(String file) throws URISyntaxException {
        var resource = Objects.requireNonNull(SettingsFilesTest.class.getResource(file), file);
        return BrokerConfig.load(
                Sources.read(Optional.of(Path.of(resource.toURI())), Map.of(), List.of()));
    }

    private static BrokerConfig loadEnvironment(Map<String, String> environment) {
        return BrokerConfig.load(new Sources(Map.of(), environment, Map.of()));
    }

    private static List<String> endpoints(BrokerConfig config) {
        return config.listeners().stream()
                .map(spec ->
                        spec.name()
                                + " "
                                + new HostPort(spec.host(), spec.port())
                                + " -> "
                                + spec.advertised().orElseThrow())
                .toList();
    }

    @Test
    void startsFromTheTutorialsWholeFile() throws URISyntaxException {
        // when
        var config = load("tutorial-server.properties");

        // then
        assertThat(endpoints(config))
                .containsExactly("CLIENT :9092 -> kafka:9092", "EXTERNAL :9093 -> localhost:9093");
        assertThat(config.interBrokerListener().name()).isEqualTo("CLIENT");
        assertThat(config.nodeId()).isEqualTo(-1);
        assertThat(config.logDirs()).containsExactly(Path.of("/bitnami/kafka/data"));
        assertThat(config.getInt("group.initial.rebalance.delay.ms")).isZero();
        assertThat(config.topicDefaults().flushMessages()).isEqualTo(10_000);
        assertThat(config.topicDefaults().flushMs()).isEqualTo(1_000);
        assertThat(config.topicDefaults().retentionBytes()).isEqualTo(1L << 30);
    }

    @Test
    void warnsOncePerKeyOfTheTutorialThatHasNoEffect() throws URISyntaxException {
        assertThat(load("tutorial-server.properties").warnings())
                .containsExactly(
                        "max.partition.fetch.bytes is a client's setting and has no effect in a"
                                + " broker.",
                        "max.request.size is a client's setting and has no effect in a broker.",
                        "sasl.enabled.mechanisms has no effect yet: it waits for TLS, SASL and"
                                + " access control.",
                        "sasl.mechanism.inter.broker.protocol has no effect yet: it waits for TLS,"
                                + " SASL and access control.",
                        "transaction.state.log.min.isr has no effect yet: it waits for"
                                + " transactions.",
                        "transaction.state.log.replication.factor has no effect yet: it waits for"
                                + " transactions.",
                        "zookeeper.connect is not needed: the metadata quorum is built in.",
                        "zookeeper.connection.timeout.ms is not needed: the metadata quorum is"
                                + " built in.");
    }

    @Test
    void startsFromTheFileOfAKafka4Download() throws URISyntaxException {
        // when
        var config = load("kraft-server.properties");

        // then
        assertThat(endpoints(config)).containsExactly("PLAINTEXT :9092 -> localhost:9092");
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.warnings())
                .contains(
                        "process.roles is not needed: the metadata quorum is built in.",
                        "controller.quorum.bootstrap.servers is not needed: the metadata quorum is"
                                + " built in.");
    }

    /// A compose file of Confluent's image, which says nothing of listeners.
    @Test
    void bindsThePortsThatAContainerAdvertises() {
        // when
        var config =
                loadEnvironment(
                        Map.of(
                                "KAFKA_BROKER_ID",
                                "1",
                                "KAFKA_ZOOKEEPER_CONNECT",
                                "zoo1:2181,zoo2:2181,zoo3:2181",
                                "KAFKA_ADVERTISED_LISTENERS",
                                "LISTENER_DOCKER_INTERNAL://kafka1:19091,"
                                        + "LISTENER_DOCKER_EXTERNAL://127.0.0.1:9091",
                                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                                "LISTENER_DOCKER_INTERNAL:PLAINTEXT,"
                                        + "LISTENER_DOCKER_EXTERNAL:PLAINTEXT",
                                "KAFKA_INTER_BROKER_LISTENER_NAME",
                                "LISTENER_DOCKER_INTERNAL",
                                "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR",
                                "2",
                                "KAFKA_HEAP_OPTS",
                                "-Xmx512m",
                                "PATH",
                                "/usr/bin"));

        // then
        assertThat(endpoints(config))
                .containsExactly(
                        "LISTENER_DOCKER_INTERNAL :19091 -> kafka1:19091",
                        "LISTENER_DOCKER_EXTERNAL :9091 -> 127.0.0.1:9091");
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.getShort("offsets.topic.replication.factor")).isEqualTo((short) 2);
        assertThat(config.warnings())
                .containsExactly(
                        "zookeeper.connect is not needed: the metadata quorum is built in.");
    }

    @Test
    void doesNotGuessListenersThatTheFileAlreadyNames() {
        // given
        var file = Map.of("listeners", "PLAINTEXT://127.0.0.1:9999");
        var environment = Map.of("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka1:19091");

        // when
        var config = BrokerConfig.load(new Sources(file, environment, Map.of()));

        // then
        assertThat(endpoints(config)).containsExactly("PLAINTEXT 127.0.0.1:9999 -> kafka1:19091");
    }

    @Test
    void doesNotGuessListenersFromAFile() {
        // when
        var config =
                BrokerConfig.load(
                        Sources.of(Map.of("advertised.listeners", "PLAINTEXT://kafka1:19091")));

        // then
        assertThat(endpoints(config)).containsExactly("PLAINTEXT :9092 -> kafka1:19091");
    }

    @Test
    void startsFromBitnamisEnvironment() {
        // when
        var config =
                loadEnvironment(
                        Map.of(
                                "KAFKA_CFG_LISTENERS",
                                "CLIENT://:9092,EXTERNAL://:9094",
                                "KAFKA_CFG_ADVERTISED_LISTENERS",
                                "CLIENT://kafka:9092,EXTERNAL://localhost:9094",
                                "KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP",
                                "CLIENT:PLAINTEXT,EXTERNAL:PLAINTEXT",
                                "KAFKA_CFG_INTER_BROKER_LISTENER_NAME",
                                "CLIENT",
                                "KAFKA_BROKER_ID",
                                "2",
                                "KAFKA_CFG_ZOOKEEPER_CONNECT",
                                "zookeeper:2181",
                                "ALLOW_PLAINTEXT_LISTENER",
                                "yes",
                                "KAFKA_KRAFT_CLUSTER_ID",
                                "MkU3OEVBNTcwNTJENDM2Qk"));

        // then
        assertThat(endpoints(config))
                .containsExactly("CLIENT :9092 -> kafka:9092", "EXTERNAL :9094 -> localhost:9094");
        assertThat(config.nodeId()).isEqualTo(2);
        assertThat(config.clusterId()).contains("MkU3OEVBNTcwNTJENDM2Qk");
        assertThat(config.warnings()).hasSize(1);
    }
}
