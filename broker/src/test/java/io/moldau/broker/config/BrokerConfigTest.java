package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerConfigTest {
    private static BrokerConfig load(String... pairs) {
        return BrokerConfig.load(Sources.read(Optional.empty(), Map.of(), List.of(pairs)));
    }

    @Test
    void startsWithNothingSet() {
        // when
        var config = BrokerConfig.load(Sources.none());

        // then
        assertThat(config.warnings()).isEmpty();
        assertThat(config.nodeId()).isEqualTo(-1);
        assertThat(config.logDirs()).containsExactly(Path.of("/tmp/kafka-logs"));
        assertThat(config.metadataDir()).isEqualTo(Path.of("/tmp/kafka-logs"));
        assertThat(config.listeners()).hasSize(1);
    }

    @Test
    void laterSourcesWinOverEarlierOnes() {
        // given
        var file = Map.of("num.partitions", "2", "message.max.bytes", "2000", "log.dirs", "/a");
        var environment = Map.of("KAFKA_NUM_PARTITIONS", "3", "KAFKA_MESSAGE_MAX_BYTES", "3000");
        var overrides = Map.of("num.partitions", "4");

        // when
        var config = BrokerConfig.load(new Sources(file, environment, overrides));

        // then
        assertThat(config.getInt("num.partitions")).isEqualTo(4);
        assertThat(config.getInt("message.max.bytes")).isEqualTo(3000);
        assertThat(config.logDirs()).containsExactly(Path.of("/a"));
    }

    @Test
    void takesTheOlderNameOfTheNodeId() {
        assertThat(load("broker.id=7").nodeId()).isEqualTo(7);
        assertThat(load("node.id=7", "broker.id=7").nodeId()).isEqualTo(7);
        assertThat(load("broker.id=-1").nodeId()).isEqualTo(-1);
    }

    @Test
    void refusesTwoDifferentNodeIds() {
        assertThatThrownBy(() -> load("node.id=1", "broker.id=2"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "node.id=1 and broker.id=2 name the same thing and must be equal; leave one"
                                + " of them out.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitions=many  | num.partitions  | many  | Not a number of type INT",
                "num.partitions=0     | num.partitions  | 0     | Value must be at least 1",
                "log.segment.bytes=10 | log.segment.bytes | 10  | Value must be at least 1048576",
                "delete.topic.enable=ja | delete.topic.enable | ja | either true or false",
                "compression.type=rar | compression.type | rar  | String must be one of",
                "log.cleanup.policy=keep | log.cleanup.policy | keep | compact, delete",
                "max.connections.per.ip.overrides=1.2.3.4 | overrides | 1.2.3.4 | host:count",
                "socket.request.max.bytes= | socket.request.max.bytes | value | INT",
            })
    void namesSettingAndValueAndWhatIsAllowed(
            String given, String setting, String value, String allowed) {
        assertThatThrownBy(() -> load(given))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll(setting, value, allowed, "(from --override).");
    }

    @Test
    void refusesAnOverrideWithoutAValue() {
        assertThatThrownBy(() -> load("num.partitions"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("needs key=value");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        var missing = Optional.of(Path.of("/nowhere/server.properties"));

        assertThatThrownBy(() -> Sources.read(missing, Map.of(), List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("There is no settings file /nowhere/server.properties.");
    }

    @Test
    void refusesToServeWithoutTheAccessControlThatWasAskedFor() {
        assertThatThrownBy(() ->
                        load(
                                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("not served yet");
    }

    @Test
    void refusesASessionTimeoutRangeThatIsEmpty() {
        assertThatThrownBy(() -> load("group.max.session.timeout.ms=5000"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("6000 is above group.max.session.timeout.ms=5000");
    }

    @Test
    void laysChangesOverWhatItWasStartedWith() {
        // given
        var config = load("message.max.bytes=1000");

        // when
        var changed =
                config.with(
                        Map.of("message.max.bytes", "2000", "log.retention.ms", "5000"),
                        Map.of("message.max.bytes", "3000"));

        // then
        assertThat(changed.getInt("message.max.bytes")).isEqualTo(3000);
        assertThat(changed.topicDefaults().maxMessageBytes()).isEqualTo(3000);
        assertThat(changed.topicDefaults().retentionMs()).isEqualTo(5000);
        assertThat(changed.with(Map.of(), Map.of()).getInt("message.max.bytes")).isEqualTo(1000);
    }

    @Test
    void keepsTheLayerBelowAChangeThatItCannotRead() {
        // given
        var config = load("message.max.bytes=1000");

        // when
        var changed = config.with(Map.of(), Map.of("message.max.bytes", "a lot"));

        // then
        assertThat(changed.getInt("message.max.bytes")).isEqualTo(1000);
    }

    @Test
    void ignoresAChangeOfWhatCannotChange() {
        // when
        var changed = load().with(Map.of("num.partitions", "9"), Map.of());

        // then
        assertThat(changed.getInt("num.partitions")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.hours=2, 7200000",
        "log.retention.minutes=3, 180000",
        "log.retention.ms=4, 4",
        "log.retention.hours=-1, -1",
        "log.retention.ms=-1, -1",
    })
    void takesRetentionFromTheFinestUnitThatIsSet(String given, long retentionMs) {
        assertThat(load("log.retention.hours=100", given).topicDefaults().retentionMs())
                .isEqualTo(retentionMs);
    }

    @Test
    void prefersTheTopicsOwnSettings() {
        // given
        var config = load("log.retention.hours=2", "min.insync.replicas=2", "log.roll.hours=1");
        var overrides = Map.of("retention.ms", "10000", "cleanup.policy", "compact,delete");

        // when
        var topic = config.topic(overrides);

        // then
        assertThat(topic.retentionMs()).isEqualTo(10_000);
        assertThat(topic.segmentMs()).isEqualTo(3_600_000);
        assertThat(topic.compacts()).isTrue();
        assertThat(config.minInsyncReplicas(overrides)).isEqualTo(2);
        assertThat(config.minInsyncReplicas(Map.of("min.insync.replicas", "3"))).isEqualTo(3);
    }

    @Test
    void readsWholeNumbersOfEveryWidth() {
        // when
        var config = load();

        // then
        assertThat(config.getLong("group.max.size")).isEqualTo(Integer.MAX_VALUE);
        assertThat(config.getInt("offsets.topic.replication.factor")).isEqualTo(3);
        assertThat(config.getInt("connections.max.idle.ms")).isEqualTo(600_000);
    }

    @Test
    void readsLimitsOfSingleAddresses() {
        assertThat(
                        load("max.connections.per.ip.overrides=127.0.0.1:5, ::1:7")
                                .connectionsPerIpOverrides())
                .containsExactlyInAnyOrderEntriesOf(Map.of("127.0.0.1", 5, "::1", 7));
    }

    @Test
    void showsTheNumberThatTheClusterGaveIt() {
        // when
        var config = load().withNodeId(4);

        // then
        assertThat(config.nodeId()).isEqualTo(4);
        assertThat(config.getInt("broker.id")).isEqualTo(4);
    }
}
