package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

/// Our settings beside those that the real Kafka reports of itself.
class KafkaAgreementTest {
    /// Where we differ on purpose: the node's number may be left to the cluster, threads follow the
    /// machine, no controllers stand apart, a silent node is given up sooner.
    private static final Set<String> OTHER_DEFAULT =
            Set.of(
                    "node.id",
                    "num.io.threads",
                    "num.network.threads",
                    "controller.listener.names",
                    "broker.session.timeout.ms");

    private static final Set<String> OTHER_RANGE =
            Set.of(
                    "node.id",
                    "broker.id",
                    "broker.session.timeout.ms",
                    "security.inter.broker.protocol",
                    "leader.replication.throttled.replicas",
                    "follower.replication.throttled.replicas",
                    "max.connections.per.ip.overrides");

    /// Kafka changes these while it runs; here they are bound when the node starts.
    private static final Set<String> FIXED_AT_START =
            Set.of(
                    "listeners",
                    "listener.security.protocol.map",
                    "num.io.threads",
                    "num.network.threads",
                    "max.connections",
                    "max.connections.per.ip",
                    "max.connections.per.ip.overrides");

    /// One line of a list that was taken from a running Kafka.
    record Known(
            String name, String type, String defaultValue, String allowed, String updateMode) {}

    private static Stream<Known> lines(String file) {
        try (var in = KafkaAgreementTest.class.getResourceAsStream(file)) {
            var text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(KafkaAgreementTest::known);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Known known(String line) {
        List<String> cells = List.of(line.split(" \\| ?", -1));
        return new Known(
                cells.get(0).strip(),
                cells.get(1).strip(),
                cells.get(2).strip(),
                cells.get(3).strip(),
                cells.size() > 4 ? cells.get(4).strip() : "");
    }

    @Test
    void answersEveryBrokerSettingOfKafka() {
        assertThat(lines("kafka-broker-settings.txt").flatMap(KafkaAgreementTest::brokerDiffers))
                .isEmpty();
    }

    @Test
    void knowsEveryTopicSettingOfKafka() {
        assertThat(
                        lines("kafka-topic-settings.txt")
                                .filter(kafka -> !kafka.name().equals("remote.storage.enable"))
                                .flatMap(KafkaAgreementTest::topicDiffers))
                .isEmpty();
    }

    private static Stream<String> brokerDiffers(Known kafka) {
        var ours = SettingTable.broker(kafka.name());
        boolean elsewhere =
                KafkaKeys.warning(kafka.name()).isPresent()
                        || kafka.name().equals("authorizer.class.name");
        if (ours.isPresent() == elsewhere) {
            return Stream.of(kafka.name() + " must stand in exactly one table");
        }
        return ours.stream()
                .flatMap(setting ->
                        Stream.concat(differs(setting, kafka), modeDiffers(setting, kafka)));
    }

    private static Stream<String> modeDiffers(Setting ours, Known kafka) {
        return FIXED_AT_START.contains(kafka.name())
                ? Stream.empty()
                : difference(kafka, ours.updateMode().toString(), kafka.updateMode());
    }

    private static Stream<String> topicDiffers(Known kafka) {
        return SettingTable.topic(kafka.name())
                .map(topic -> differs(topic.setting(), kafka))
                .orElseGet(() -> Stream.of(kafka.name() + " is not known"));
    }

    private static Stream<String> differs(Setting ours, Known kafka) {
        var differences = difference(kafka, ours.type().toString(), kafka.type());
        if (!OTHER_DEFAULT.contains(kafka.name())) {
            var value =
                    ours.typedDefault()
                            .map(known -> ConfigDef.convertToString(known, ours.type()))
                            .orElse("<null>");
            differences =
                    Stream.concat(differences, difference(kafka, value, kafka.defaultValue()));
        }
        if (!OTHER_RANGE.contains(kafka.name())) {
            var allowed = ours.allowed().map(Object::toString).orElse("");
            differences = Stream.concat(differences, difference(kafka, allowed, kafka.allowed()));
        }
        return differences;
    }

    private static Stream<String> difference(Known kafka, String ours, String theirs) {
        return ours.equals(theirs)
                ? Stream.empty()
                : Stream.of(kafka.name() + ": Kafka has " + theirs + ", we have " + ours);
    }

    @Test
    void knowsEveryTopicSettingThatClientsCanName() throws IllegalAccessException {
        for (var constant : TopicConfig.class.getFields()) {
            if (constant.getName().endsWith("_CONFIG")) {
                var name = (String) constant.get(null);
                boolean removed = name.equals("message.downconversion.enable");
                assertThat(SettingTable.topic(name).isPresent()).as(name).isNotEqualTo(removed);
            }
        }
    }

    @Test
    void tellsClientsSettingsFromUnknownOnes() {
        var names =
                Stream.concat(
                        ProducerConfig.configNames().stream(),
                        ConsumerConfig.configNames().stream());

        assertThat(names)
                .allMatch(name ->
                        StrayKeys.isClient(name)
                                || SettingTable.broker(name).isPresent()
                                || KafkaKeys.warning(name).isPresent());
    }

    /// `synonyms={…}` of the tools, as Kafka 4.3.1 shows them with these settings in its file.
    @Test
    void namesTheSynonymsThatKafkaNames() {
        // given
        var config =
                BrokerConfig.load(
                        Sources.of(
                                Map.of(
                                        "log.retention.hours", "100",
                                        "log.retention.minutes", "77",
                                        "log.flush.interval.messages", "5")));

        // when
        var changed =
                config.with(Map.of("log.retention.ms", "20"), Map.of("log.retention.ms", "10"));

        // then
        assertThat(synonyms(config.describeTopic(Map.of()), "retention.ms"))
                .isEqualTo("4620000 DEFAULT_CONFIG []");
        assertThat(synonyms(config.describeTopic(Map.of()), "flush.messages"))
                .isEqualTo(
                        "5 STATIC_BROKER_CONFIG [log.flush.interval.messages=5"
                                + " STATIC_BROKER_CONFIG,"
                                + " log.flush.interval.messages=9223372036854775807"
                                + " DEFAULT_CONFIG]");
        assertThat(synonyms(config.describeBroker(), "log.retention.minutes"))
                .isEqualTo(
                        "77 STATIC_BROKER_CONFIG [log.retention.minutes=77 STATIC_BROKER_CONFIG,"
                                + " log.retention.hours=100 STATIC_BROKER_CONFIG,"
                                + " log.retention.hours=168 DEFAULT_CONFIG]");
        assertThat(synonyms(changed.describeBroker(), "log.retention.ms"))
                .isEqualTo(
                        "10 DYNAMIC_BROKER_CONFIG [log.retention.ms=10 DYNAMIC_BROKER_CONFIG,"
                                + " log.retention.ms=20 DYNAMIC_DEFAULT_BROKER_CONFIG,"
                                + " log.retention.minutes=77 STATIC_BROKER_CONFIG,"
                                + " log.retention.hours=100 STATIC_BROKER_CONFIG,"
                                + " log.retention.hours=168 DEFAULT_CONFIG]");
        assertThat(synonyms(changed.describeTopic(Map.of("retention.ms", "7")), "retention.ms"))
                .startsWith("7 TOPIC_CONFIG [retention.ms=7 TOPIC_CONFIG, log.retention.ms=10");
        assertThat(synonyms(changed.describeClusterDefault(), "log.retention.ms"))
                .isEqualTo(
                        "20 DYNAMIC_DEFAULT_BROKER_CONFIG [log.retention.ms=20"
                                + " DYNAMIC_DEFAULT_BROKER_CONFIG]");
        assertThat(changed.describeClusterDefault()).hasSize(1);
    }

    private static String synonyms(List<ConfigEntry> entries, String name) {
        var entry = entries.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
        return entry.value().orElse("null")
                + " "
                + entry.source()
                + " "
                + entry.synonyms().stream()
                        .map(s -> s.name() + "=" + s.value().orElse("null") + " " + s.source())
                        .toList();
    }
}
