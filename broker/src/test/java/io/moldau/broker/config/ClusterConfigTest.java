package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterConfigTest {
    private static ClusterConfig cluster(String... keysAndValues) {
        return BrokerConfig.load(Sources.of(pairs(keysAndValues))).cluster();
    }

    private static ClusterConfig inContainer(String... keysAndValues) {
        return BrokerConfig.load(new Sources(Map.of(), pairs(keysAndValues), Map.of())).cluster();
    }

    private static Map<String, String> pairs(String... keysAndValues) {
        var pairs = new java.util.HashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pairs.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return pairs;
    }

    @Test
    void aNodeThatNamesNobodyListensWhereItsClientsAre() {
        var cluster = cluster("listeners", "PLAINTEXT://10.1.2.3:9092");

        assertThat(cluster.listen()).isEqualTo(new HostPort("10.1.2.3", 9094));
        assertThat(cluster.listenNamed()).isFalse();
        assertThat(cluster.join()).isEmpty();
        assertThat(cluster.admin()).contains(new HostPort("127.0.0.1", 9644));
        assertThat(cluster.adminNamed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:25000, 10.0.0.1, 25000",
        "kafka1, kafka1, 9094",
        ":25000, '', 25000",
        "'[::1]:25000', ::1, 25000",
    })
    void listensWhereItIsTold(String text, String host, int port) {
        assertThat(cluster("cluster.listen", text).listen()).isEqualTo(new HostPort(host, port));
    }

    @Test
    void namesTheOthersWithOrWithoutPortAndOnce() {
        var cluster = cluster("cluster.join", "kafka1, kafka2:25001,kafka1:9094");

        assertThat(cluster.join())
                .containsExactly(new HostPort("kafka1", 9094), new HostPort("kafka2", 25001));
        assertThat(cluster.listenNamed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "cluster.listen, 10.0.0.1:99999",
        "cluster.listen, http://10.0.0.1:9094",
        "cluster.join, 0.0.0.0:9094",
        "cluster.join, :9094",
        "admin.listen, here:there",
        "broker.session.timeout.ms, 5",
        "quorum.voter.replace.after, soon",
    })
    void refusesWhatIsNoAddressAndNoTime(String name, String text) {
        assertThatThrownBy(() -> cluster(name, text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(text);
    }

    @Test
    void theSameIsSaidInTheEnvironment() {
        var cluster =
                inContainer(
                        "MOLDAU_JOIN", "kafka1,kafka2,kafka3",
                        "MOLDAU_CLUSTER_LISTEN", "10.0.0.1:25000",
                        "MOLDAU_ADMIN_LISTEN", "none",
                        "MOLDAU_LOG_LEVEL", "debug",
                        "MOLDAU_JVM_OPTS", "-Xmx1g");

        assertThat(cluster.join()).extracting(HostPort::host).contains("kafka1", "kafka3");
        assertThat(cluster.listen()).isEqualTo(new HostPort("10.0.0.1", 25000));
        assertThat(cluster.admin()).isEmpty();
    }

    @Test
    void aMisspeltVariableOfOursIsPointedOut() {
        var config =
                BrokerConfig.load(
                        new Sources(Map.of(), Map.of("MOLDAU_CLUSTER_LISTN", "x:1"), Map.of()));

        assertThat(config.warnings()).singleElement().asString().contains("cluster.listen?");
    }

    @Test
    void aVariableOfTheLaunchersIsNoSetting() {
        var environment = Map.of("MOLDAU_LOG_LEVEL", "debug", "MOLDAU_BOOTSTRAP", "here:9092");

        assertThat(Environment.settings(environment)).isEmpty();
    }

    /// The compose file of a tutorial: nothing but what it advertises, twice.
    @Test
    void aContainerIsKnownByTheNameThatItAdvertises() {
        var cluster =
                inContainer(
                        "KAFKA_ADVERTISED_LISTENERS",
                        "INSIDE://kafka1:19091,OUTSIDE://127.0.0.1:9091",
                        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
                        "KAFKA_INTER_BROKER_LISTENER_NAME",
                        "INSIDE",
                        "MOLDAU_JOIN",
                        "kafka1,kafka2,kafka3");

        assertThat(cluster.listen()).isEqualTo(new HostPort("", 9094));
        assertThat(cluster.host()).contains("kafka1");
    }

    @Test
    void nodesOnOneMachineAreToldApartByTheAddressesThatTheyAdvertise() {
        var cluster = inContainer("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://127.0.0.2:9091");

        assertThat(cluster.listen()).isEqualTo(new HostPort("127.0.0.2", 9094));
    }

    @Test
    void timeIsTakenWithAUnit() {
        var config = BrokerConfig.load(Sources.of(Map.of("quorum.voter.replace.after", "10m")));

        assertThat(config.getLong("quorum.voter.replace.after.ms")).isEqualTo(600_000);
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void certificatesComeWithTheirKeyAndWhatIsTrusted() {
        assertThatThrownBy(
                        () -> cluster("cluster.tls.certificate", "a.pem", "cluster.tls.key", "k"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("cluster.tls.trusted is missing");
        assertThat(
                        cluster(
                                        "cluster.tls.certificate", "a.pem",
                                        "cluster.tls.key", "k.pem",
                                        "cluster.tls.trusted", "ca.pem")
                                .tls())
                .isEqualTo(
                        Optional.of(
                                new ClusterConfig.Tls(
                                        Path.of("a.pem"), Path.of("k.pem"), Path.of("ca.pem"))));
    }
}
