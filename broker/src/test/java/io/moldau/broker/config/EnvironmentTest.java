package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    @ParameterizedTest
    @CsvSource({
        "LOG_RETENTION_MS, log.retention.ms",
        "LISTENER_NAME_CLIENT__1_SSL, listener.name.client_1.ssl",
        "CONFLUENT_A___B, confluent.a-b",
    })
    void readsUnderscoresAsTheImagesDo(String variable, String name) {
        assertThat(Environment.settings(Map.of("KAFKA_" + variable, "x")))
                .containsExactly(Map.entry(name, "x"));
        assertThat(Environment.settings(Map.of("KAFKA_CFG_" + variable, "x")))
                .containsExactly(Map.entry(name, "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KAFKA_HEAP_OPTS",
                "KAFKA_OPTS",
                "KAFKA_VERSION",
                "KAFKA_HOME",
                "KAFKA_LOG4J_OPTS",
                "KAFKA_LOG4J_ROOT_LOGLEVEL",
                "KAFKA_JMX_PORT",
                "KAFKA_JMX_OPTS",
                "KAFKA_GC_LOG_OPTS",
                "KAFKA_JVM_PERFORMANCE_OPTS",
                "KAFKA_ENABLE_KRAFT",
                "KAFKA_SERVICE_HOST",
                "KAFKA_SERVICE_PORT",
                "KAFKA_SERVICE_PORT_TCP_CLIENT",
                "KAFKA_PORT_9092_TCP_ADDR",
                "KAFKA_HEADLESS_SERVICE_HOST",
                "KAFKA_",
                "KAFKACFG_NODE_ID",
                "PATH",
            })
    void passesOverWhatIsNoSetting(String variable) {
        assertThat(Environment.settings(Map.of(variable, "x"))).isEmpty();
    }

    /// Kubernetes sets this in every pod beside a service called kafka.
    @Test
    void passesOverThePortOfAKubernetesService() {
        assertThat(Environment.settings(Map.of("KAFKA_PORT", "tcp://10.0.0.1:9092"))).isEmpty();
    }

    @Test
    void takesAnEmptyVariableForNone() {
        assertThat(Environment.settings(Map.of("KAFKA_BROKER_RACK", " ", "CLUSTER_ID", "")))
                .isEmpty();
    }

    @Test
    void prefersTheMoreExplicitName() {
        assertThat(Environment.settings(Map.of("KAFKA_NODE_ID", "1", "KAFKA_CFG_NODE_ID", "2")))
                .containsExactly(Map.entry("node.id", "2"));
    }

    @Test
    void refusesToBindOnePortForTwoAdvertisedListeners() {
        var environment = Map.of("KAFKA_ADVERTISED_LISTENERS", "A://inside:443,B://outside:443");

        assertThatThrownBy(() -> BrokerConfig.load(new Sources(Map.of(), environment, Map.of())))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("port 443 to both A and B");
    }

    /// Every name can be said in the environment: the rules lose nothing.
    @Property(tries = 200)
    void everyNameCanBeSaid(@ForAll("names") String name) {
        // given
        String variable =
                name.replace("_", "__")
                        .replace("-", "___")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_CFG_" + variable, "value");

        // when
        var settings = Environment.settings(environment);

        // then
        assertThat(settings).containsExactly(Map.entry(name, "value"));
    }

    /// Words joined by single marks: two marks in a row cannot be told apart.
    @Provide
    Arbitrary<String> names() {
        var word =
                Arbitraries.strings()
                        .withCharRange('a', 'z')
                        .numeric()
                        .ofMinLength(1)
                        .ofMaxLength(6);
        var mark = Arbitraries.of(".", "_", "-");
        return word.list()
                .ofMinSize(1)
                .ofMaxSize(5)
                .flatMap(words ->
                        mark.list()
                                .ofSize(words.size() - 1)
                                .map(marks -> {
                                    var name = new StringBuilder(words.getFirst());
                                    for (int i = 0; i < marks.size(); i++) {
                                        name.append(marks.get(i));
                                        name.append(words.get(i + 1));
                                    }
                                    return name.toString();
                                }));
    }
}
