package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.config.ConfigChange.Accepted;
import io.moldau.broker.config.ConfigChange.Refused;
import io.moldau.broker.config.ConfigChange.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChangesTest {
    private final ConfigChanges changes = new ConfigChanges(BrokerConfig.load(Sources.none()));

    private static Step step(OpType op, String name, String value) {
        return new Step(op, name, value);
    }

    @Test
    void setsAndDeletes() {
        // given
        var current = Map.of("retention.ms", "1", "segment.ms", "2");

        // when
        var change =
                changes.topic(
                        current,
                        List.of(
                                step(OpType.SET, "flush.messages", " 3 "),
                                step(OpType.DELETE, "segment.ms", null)));

        // then
        assertThat(change)
                .isEqualTo(new Accepted(Map.of("retention.ms", "1", "flush.messages", "3")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "''             | APPEND   | compact        | compact",
                "               | APPEND   | compact        | delete,compact",
                "delete,compact | APPEND   | compact        | delete,compact",
                "delete,compact | SUBTRACT | delete         | compact",
                "               | SUBTRACT | delete         | ''",
                "compact        | SUBTRACT | delete         | compact",
                "compact        | APPEND   | delete,compact | compact,delete",
            })
    void changesListsAsKafkaDoes(String before, OpType op, String value, String after) {
        // given
        Map<String, String> current = new HashMap<>();
        if (before != null) {
            current.put("cleanup.policy", before);
        }

        // when
        var change = changes.topic(current, List.of(step(op, "cleanup.policy", value)));

        // then
        assertThat(change).isEqualTo(new Accepted(Map.of("cleanup.policy", after)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET | retention.ms | abc | INVALID_CONFIG"
                        + " | Invalid value abc for configuration retention.ms: Not a number of"
                        + " type LONG",
                "SET | retention.ms | -5 | INVALID_CONFIG"
                        + " | Invalid value -5 for configuration retention.ms: Value must be at"
                        + " least -1",
                "SET | foo | 1 | INVALID_CONFIG | Unknown topic config name: foo",
                "SET | cleanup.policy | keep | INVALID_CONFIG"
                        + " | Invalid value keep for configuration cleanup.policy: String must be"
                        + " one of: compact, delete",
                "SET | min.cleanable.dirty.ratio | 2 | INVALID_CONFIG"
                        + " | Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value"
                        + " must be no more than 1",
                "SET | remote.storage.enable | true | INVALID_CONFIG"
                        + " | Invalid value true for configuration remote.storage.enable: Value"
                        + " must be false: there is no remote storage",
                "SET | leader.replication.throttled.replicas | 1 | INVALID_CONFIG"
                        + " | Invalid value [1] for configuration"
                        + " leader.replication.throttled.replicas: Value must be * or"
                        + " partition:node,partition:node,...",
                "SET | min.compaction.lag.ms | 9223372036854775807 | NONE | ",
                "SET | leader.replication.throttled.replicas | 0:1,1:2 | NONE | ",
                "SET | message.downconversion.enable | true | INVALID_CONFIG"
                        + " | Unknown topic config name: message.downconversion.enable",
                "APPEND | retention.ms | 5 | INVALID_CONFIG"
                        + " | APPEND needs a list, and retention.ms is not one",
                "SET | retention.ms | | INVALID_REQUEST | retention.ms needs a value",
                "DELETE | foo | | NONE | ",
            })
    void refusesWhatATopicCannotBe(
            OpType op, String name, String value, Errors error, String message) {
        // when
        var change = changes.topic(Map.of(), List.of(step(op, name, value)));

        // then
        if (error == Errors.NONE) {
            assertThat(change).isInstanceOf(Accepted.class);
        } else {
            assertThat(change).isEqualTo(new Refused(error, message));
        }
    }

    @Test
    void refusesTwoStepsOnOneName() {
        // when
        var change =
                changes.topic(
                        Map.of(),
                        List.of(
                                step(OpType.SET, "retention.ms", "1"),
                                step(OpType.SET, "retention.ms", "2")));

        // then
        assertThat(change)
                .isEqualTo(
                        new Refused(
                                Errors.INVALID_REQUEST,
                                "retention.ms is changed twice in one request"));
    }

    @Test
    void refusesCompactionLagsThatExcludeEachOther() {
        // when
        var change =
                changes.replaceTopic(
                        Map.of("min.compaction.lag.ms", "5", "max.compaction.lag.ms", "3"));

        // then
        assertThat(change)
                .isEqualTo(
                        new Refused(
                                Errors.INVALID_CONFIG,
                                "min.compaction.lag.ms=5 is above max.compaction.lag.ms=3"));
    }

    @Test
    void forgetsWhatAReplacementDoesNotName() {
        assertThat(changes.replaceTopic(Map.of("retention.ms", "10000")))
                .isEqualTo(new Accepted(Map.of("retention.ms", "10000")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitions  | 3    | num.partitions cannot be changed while the broker runs",
                "message.max.bytes | -1   | Value must be at least 0",
                "nonsense.key    | 3    | Unknown broker config name: nonsense.key",
                "max.connection.creation.rate | 5 | it waits for quotas",
                "ssl.keystore.password | secret | it waits for TLS",
            })
    void refusesWhatABrokerCannotChange(String name, String value, String message) {
        // when
        var change = changes.broker(Map.of(), List.of(step(OpType.SET, name, value)));

        // then
        assertThat(change)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.error()).isEqualTo(Errors.INVALID_REQUEST);
                            assertThat(refused.message())
                                    .contains(message)
                                    .doesNotContain("secret");
                        });
    }

    @Test
    void changesABrokersListFromWhatIsInForce() {
        // when
        var change =
                changes.broker(
                        Map.of(), List.of(step(OpType.APPEND, "log.cleanup.policy", "compact")));

        // then
        assertThat(change).isEqualTo(new Accepted(Map.of("log.cleanup.policy", "delete,compact")));
    }
}
