package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrayKeysTest {
    private static List<String> warnings(String... pairs) {
        return BrokerConfig.load(Sources.read(Optional.empty(), Map.of(), List.of(pairs)))
                .warnings();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zookeeper.connect=z:2181/kafka | is not needed: the metadata quorum is built in.",
                "acks=all                  | is a client's setting and has no effect in a broker.",
                "inter.broker.protocol.version=3.7 | is obsolete and has no effect: nodes agree on"
                        + " a version by themselves.",
                "host.name=h               | is obsolete and has no effect: set listeners instead.",
                "num.partition=3           | did you mean num.partitions?",
                "log.retention.horus=3     | did you mean log.retention.hours?",
                "autocreate.topics.enable=true | did you mean auto.create.topics.enable?",
                "confluent.metrics.reporter.topic.replicas=1 | has no effect.",
                "retention.ms=5            | set log.retention.ms instead.",
                "num.replica.fetchers=4    | has no effect: nothing here corresponds to it.",
                "transaction.max.timeout.ms=5 | has no effect yet: it waits for transactions.",
                "listener.name.client.ssl.keystore.location=/x | waits for TLS, SASL and access",
                "unclean.leader.election.enable=true | it waits for replication between nodes.",
            })
    void warnsOnceAndSaysWhy(String given, String why) {
        assertThat(warnings(given))
                .singleElement()
                .asString()
                .startsWith(given.substring(0, given.indexOf('=')))
                .contains(why)
                .doesNotContain("\n");
    }

    @Test
    void isSilentAboutADeferredSettingThatKeepsItsDefault() {
        assertThat(warnings("unclean.leader.election.enable=false")).isEmpty();
    }

    @Test
    void neverRepeatsASecret() {
        assertThat(warnings("ssl.keystore.password=hunter2", "sasl.jaas.config=hunter2"))
                .hasSize(2)
                .noneMatch(sentence -> sentence.contains("hunter2"));
    }

    @Test
    void noNameStandsInTwoTables() {
        var elsewhere =
                Stream.concat(StrayKeys.obsolete().stream(), Stream.of("zookeeper.connect"));

        assertThat(elsewhere)
                .noneMatch(name -> SettingTable.broker(name).isPresent())
                .noneMatch(name -> KafkaKeys.warning(name).isPresent());
    }

    @ParameterizedTest
    @CsvSource({"abc,abc,0", "abc,acb,1", "abc,abcd,1", "abc,bc,1", "abc,axc,1", "'',abc,3"})
    void countsSlips(String one, String two, int slips) {
        assertThat(StrayKeys.slipsBetween(one, two)).isEqualTo(slips);
    }
}
