package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenersTest {
    private static final String TWO_NAMES =
            "listener.security.protocol.map=CLIENT:PLAINTEXT,EXTERNAL:PLAINTEXT";

    private static BrokerConfig load(String... pairs) {
        return BrokerConfig.load(Sources.read(Optional.empty(), Map.of(), List.of(pairs)));
    }

    @Test
    void listensOnEveryInterfaceByDefault() {
        assertThat(load().listeners())
                .containsExactly(
                        new ListenerSpec(
                                "PLAINTEXT",
                                SecurityProtocol.PLAINTEXT,
                                "",
                                9092,
                                Optional.empty()));
    }

    @Test
    void tellsEachListenersClientsItsOwnAddress() {
        // when
        var config =
                load(
                        "listeners=CLIENT://:9092,EXTERNAL://:9093",
                        "advertised.listeners=CLIENT://kafka:9092,EXTERNAL://localhost:9093",
                        TWO_NAMES,
                        "inter.broker.listener.name=EXTERNAL");

        // then
        assertThat(config.listeners())
                .extracting(spec -> spec.name() + " " + spec.advertised().orElseThrow())
                .containsExactly("CLIENT kafka:9092", "EXTERNAL localhost:9093");
        assertThat(config.interBrokerListener().name()).isEqualTo("EXTERNAL");
    }

    @Test
    void letsTwoListenersShareAnAdvertisedPort() {
        // when
        var config =
                load(
                        "listeners=CLIENT://:9092,EXTERNAL://:9093",
                        "advertised.listeners=CLIENT://inside:443,EXTERNAL://outside:443",
                        TWO_NAMES);

        // then
        assertThat(config.listeners()).allMatch(spec -> spec.advertised().get().port() == 443);
    }

    @Test
    void readsAddressesOfEveryKind() {
        // when
        var config =
                load(
                        "listeners=A://[::1]:9092, B://0.0.0.0:0,c://my-host.example_1.org:1",
                        "listener.security.protocol.map=A:PLAINTEXT,b:plaintext,C:PLAINTEXT");

        // then
        assertThat(config.listeners())
                .extracting(spec -> spec.name() + " " + new HostPort(spec.host(), spec.port()))
                .containsExactly("A [::1]:9092", "B 0.0.0.0:0", "C my-host.example_1.org:1");
    }

    @Test
    void letsOnePortBeBoundToTwoAddresses() {
        assertThat(
                        load(
                                        "listeners=CLIENT://127.0.0.1:9092,EXTERNAL://10.0.0.1:9092",
                                        TWO_NAMES)
                                .listeners())
                .hasSize(2);
    }

    @Test
    void leavesOutTheListenersOfAKafkaController() {
        // when
        var config =
                load(
                        "listeners=PLAINTEXT://:9092,CONTROLLER://:9093",
                        "advertised.listeners=PLAINTEXT://h:9092,CONTROLLER://h:9093",
                        "controller.listener.names=CONTROLLER");

        // then
        assertThat(config.listeners()).extracting(ListenerSpec::name).containsExactly("PLAINTEXT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listeners=A://:1                          | no security protocol: add A:PLAINTEXT",
                "listeners=SSL://:1                        | SSL, which is not served yet",
                "listeners=SASL_PLAINTEXT://:1             | SASL_PLAINTEXT, which is not served",
                "listeners=PLAINTEXT://:1,PLAINTEXT://:2   | PLAINTEXT twice",
                "listeners=PLAINTEXT://:1,SSL://h:1        | port 1 to both PLAINTEXT and SSL",
                "listeners=PLAINTEXT:9092                  | 'PLAINTEXT:9092': a listener is",
                "listeners=PLAINTEXT://h:65536             | 'PLAINTEXT://h:65536'",
                "listeners=PLAINTEXT://h                   | 'PLAINTEXT://h'",
                "listeners=PLAINTEXT://::1:9092            | 'PLAINTEXT://::1:9092'",
                "listeners=                                | No listener is left",
                "advertised.listeners=PLAINTEXT://0.0.0.0:1 | not every interface",
                "advertised.listeners=OTHER://h:1          | OTHER, which listeners does not",
                "inter.broker.listener.name=OTHER          | listeners has no such name",
                "listener.security.protocol.map=A:FTP      | cannot hold A:FTP",
                "controller.listener.names=PLAINTEXT       | No listener is left",
                "security.inter.broker.protocol=SSL        | security.inter.broker.protocol",
            })
    void refusesInOneSentence(String given, String sentence) {
        assertThatThrownBy(() -> load(given))
                .isInstanceOf(InvalidSettingException.class)
                .message()
                .contains(sentence)
                .endsWith(".")
                .doesNotContain("\n");
    }
}
