package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlterConfigsHandlersTest extends SettingsRig {
    @Test
    void aChangeHoldsAtOnceAndEndsWithItsDeletion() {
        // given
        rig.store.withTopic("t", 1);

        // when
        var set = set(T, "retention.ms", "10000");
        var during = rig.overridesOf("t");
        var deleted = alter(T, step(OpType.DELETE, "retention.ms", null));

        // then
        assertThat(error(set.errorCode())).isEqualTo(Errors.NONE);
        assertThat(during).isEqualTo(Map.of("retention.ms", "10000"));
        assertThat(error(deleted.errorCode())).isEqualTo(Errors.NONE);
        assertThat(rig.overridesOf("t")).isEmpty();
    }

    /// An operator changes them where he is, whether that node is up or not.
    @Test
    void settingsOfAnotherNodeAreChangedHere() {
        // given
        rig.store.withNode(2).fence(2);
        var other = new ConfigResource(ConfigResource.Type.BROKER, "2");
        var stranger = new ConfigResource(ConfigResource.Type.BROKER, "3");

        // when
        var changed = set(other, "log.retention.ms", "10000");
        var refused = set(stranger, "log.retention.ms", "10000");

        // then
        assertThat(error(changed.errorCode())).isEqualTo(Errors.NONE);
        assertThat(rig.image().configs(other)).isEqualTo(Map.of("log.retention.ms", "10000"));
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aListGrowsFromItsDefaultAndShrinks() {
        // given
        rig.store.withTopic("t", 1);

        // when
        alter(T, step(OpType.APPEND, "cleanup.policy", "compact"));
        var grown = rig.overridesOf("t");
        alter(T, step(OpType.SUBTRACT, "cleanup.policy", "delete"));

        // then
        assertThat(grown).isEqualTo(Map.of("cleanup.policy", "delete,compact"));
        assertThat(rig.overridesOf("t")).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void twoClientsWhoAppendAtTheSameTimeBothFindTheirs() {
        // given
        rig.store.withTopic("t", 1);
        var name = "leader.replication.throttled.replicas";
        rig.store.hold();

        // when
        var handler = new IncrementalAlterConfigsHandler(rig.settingChanges());
        var first = AdminRig.start(handler, 1, request(T, step(OpType.APPEND, name, "0:1")));
        var second = AdminRig.start(handler, 1, request(T, step(OpType.APPEND, name, "0:2")));
        rig.store.release();

        // then
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(rig.overridesOf("t")).isEqualTo(Map.of(name, "0:1,0:2"));
    }

    @ParameterizedTest
    @CsvSource({
        "SET, retention.ms, abc, INVALID_CONFIG",
        "SET, no.such.setting, 1, INVALID_CONFIG",
        "SET, retention.ms, , INVALID_REQUEST",
        "APPEND, retention.ms, 1, INVALID_CONFIG",
        "APPEND, cleanup.policy, sometimes, INVALID_CONFIG",
    })
    void refusesImpossibleChanges(OpType op, String name, String value, Errors expected) {
        // given
        rig.store.withTopic("t", 1);

        // when
        var refused = alter(T, step(OpType.SET, "flush.ms", "5"), step(op, name, value));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(expected);
        assertThat(refused.errorMessage()).contains(name);
        assertThat(rig.overridesOf("t")).isEmpty();
    }

    @Test
    void oneSettingCannotBeChangedTwiceInOneRequest() {
        // given
        rig.store.withTopic("t", 1);

        // when
        var refused =
                alter(T, step(OpType.SET, "flush.ms", "5"), step(OpType.DELETE, "flush.ms", null));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void anUnknownOperationIsRefused() {
        // given
        rig.store.withTopic("t", 1);
        var odd =
                new AlterableConfig()
                        .setName("flush.ms")
                        .setConfigOperation((byte) 9)
                        .setValue("5");

        // when
        var refused = alter(T, odd);

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"num.partitions, 3", "node.id, 3", "log.dirs, /x", "no.such.setting, 1"})
    void whatABrokerCannotChangeWhileItRunsIsRefused(String name, String value) {
        // when
        var refused = set(NODE, name, value);

        // then
        assertThat(error(refused.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(refused.errorMessage()).contains(name);
        assertThat(rig.image().configs(NODE)).isEmpty();
    }

    @Test
    void aBrokersChangeIsInForceWhenItIsAnswered() {
        // when
        var set = set(ALL_NODES, "message.max.bytes", "2000000");

        // then
        assertThat(error(set.errorCode())).isEqualTo(Errors.NONE);
        assertThat(rig.config().getInt("message.max.bytes")).isEqualTo(2_000_000);
    }

    @Test
    void validatingChangesNothing() {
        // given
        rig.store.withTopic("t", 1);
        var request = request(T, step(OpType.SET, "flush.ms", "5")).setValidateOnly(true);

        // when
        var answer =
                call(new IncrementalAlterConfigsHandler(rig.settingChanges()), 1, request)
                        .responses()
                        .getFirst();

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(rig.overridesOf("t")).isEmpty();
    }

    @Test
    void groupsAndClientMetricsKeepTheirSettings() {
        // given
        var group = new ConfigResource(ConfigResource.Type.GROUP, "g");
        var metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "m");

        // when
        var first = set(group, "consumer.session.timeout.ms", "46000");
        var second = set(metrics, "match", "client_id=app-.*");
        var tooShort = set(group, "consumer.session.timeout.ms", "1");
        var noPattern = set(metrics, "match", "colour=red");

        // then
        assertThat(List.of(first, second)).allMatch(answer -> answer.errorCode() == 0);
        assertThat(List.of(tooShort, noPattern))
                .extracting(refused -> error(refused.errorCode()))
                .containsOnly(Errors.INVALID_CONFIG);
        assertThat(entry(describe(group), "consumer.session.timeout.ms").value())
                .isEqualTo("46000");
        assertThat(entry(describe(metrics), "match").configSource())
                .isEqualTo(ConfigSource.CLIENT_METRICS_CONFIG.id());
    }

    @Test
    void aLoggersLevelIsSetAndTakenBack() {
        // given
        var loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");

        // when
        var set = set(loggers, "io.moldau.log", "DEBUG");
        var during = entry(describe(loggers), "io.moldau.log").value();
        alter(loggers, step(OpType.DELETE, "io.moldau.log", null));

        // then
        assertThat(error(set.errorCode())).isEqualTo(Errors.NONE);
        assertThat(during).isEqualTo("DEBUG");
        assertThat(entry(describe(loggers), "io.moldau.log").value()).isEqualTo("INFO");
    }

    @ParameterizedTest
    @CsvSource({
        "SET, no.such.logger, DEBUG, INVALID_CONFIG",
        "SET, io.moldau.log, LOUD, INVALID_CONFIG",
        "DELETE, root, , INVALID_REQUEST",
        "APPEND, io.moldau.log, DEBUG, INVALID_REQUEST",
    })
    void refusesImpossibleLevels(OpType op, String logger, String level, Errors expected) {
        // given
        var loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");

        // when
        var refused = alter(loggers, step(OpType.SET, "root", "WARN"), step(op, logger, level));

        // then
        assertThat(error(refused.errorCode())).isEqualTo(expected);
        assertThat(rig.levels.levels()).containsEntry("root", "INFO");
    }

    @Test
    void aResourceNamedTwiceIsChangedOnce() {
        // given
        rig.store.withTopic("t", 1);
        var request = request(T, step(OpType.SET, "flush.ms", "5"));
        request.resources()
                .add(
                        request(T, step(OpType.SET, "flush.ms", "6"))
                                .resources()
                                .iterator()
                                .next()
                                .duplicate());

        // when
        var answers =
                call(new IncrementalAlterConfigsHandler(rig.settingChanges()), 0, request)
                        .responses();

        // then
        assertThat(answers)
                .extracting(answer -> error(answer.errorCode()))
                .containsExactly(Errors.NONE, Errors.INVALID_REQUEST);
    }

    // Replacing all settings

    @Test
    void replacingForgetsWhatIsNotNamed() {
        // given
        rig.store.withTopic("t", 1);
        set(T, "retention.ms", "10000");
        for (int version = 0; version <= 2; version++) {
            // when
            var flush = Integer.toString(version + 1);
            var answer = replace(version, T, Map.of("flush.ms", flush));

            // then
            assertThat(answer).isEqualTo(Errors.NONE);
            assertThat(rig.overridesOf("t")).isEqualTo(Map.of("flush.ms", flush));
        }
    }

    @Test
    void replacingWithNothingTakesEverythingBack() {
        // given
        rig.store.withTopic("t", 1);
        set(T, "retention.ms", "10000");

        // when
        var answer = replace(2, T, Map.of());

        // then
        assertThat(answer).isEqualTo(Errors.NONE);
        assertThat(rig.overridesOf("t")).isEmpty();
    }

    @Test
    void refusesImpossibleReplacements() {
        // given
        rig.store.withTopic("t", 1);
        set(T, "retention.ms", "10000");

        // then
        assertThat(replace(2, T, Map.of("retention.ms", "x"))).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(replace(2, NODE, Map.of("node.id", "7"))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(replace(2, new ConfigResource(ConfigResource.Type.TOPIC, "gone"), Map.of()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(
                        replace(
                                2,
                                new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1"),
                                Map.of("root", "DEBUG")))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(rig.overridesOf("t")).isEqualTo(Map.of("retention.ms", "10000"));
    }

    private Errors replace(int version, ConfigResource resource, Map<String, String> settings) {
        var asked =
                new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name());
        settings.forEach((name, value) ->
                asked.configs()
                        .add(
                                new AlterConfigsRequestData.AlterableConfig()
                                        .setName(name)
                                        .setValue(value)));
        var request = new AlterConfigsRequestData();
        request.resources().add(asked);
        var answer = call(new AlterConfigsHandler(rig.settingChanges()), version, request);
        return error(answer.responses().getFirst().errorCode());
    }
}
