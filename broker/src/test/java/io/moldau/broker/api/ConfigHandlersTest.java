package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigHandlersTest {
    private static final int DESCRIBE = 4;
    private static final ConfigResource T = new ConfigResource(ConfigResource.Type.TOPIC, "t");
    private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource ALL_NODES =
            new ConfigResource(ConfigResource.Type.BROKER, "");

    private final AdminRig rig = new AdminRig("log.retention.hours", "24");

    // Describing

    @Test
    void aTopicsOwnValueStandsBeforeTheBrokers() {
        // given
        rig.store.withTopic("t", 1);
        set(NODE, "log.retention.ms", "1000");
        set(ALL_NODES, "log.retention.ms", "2000");
        set(T, "retention.ms", "10000");

        // when
        var retention = entry(describe(T), "retention.ms");

        // then
        assertThat(retention.value()).isEqualTo("10000");
        assertThat(retention.configSource()).isEqualTo(ConfigSource.TOPIC_CONFIG.id());
        assertThat(retention.synonyms())
                .extracting(DescribeConfigsSynonym::name, DescribeConfigsSynonym::value)
                .startsWith(
                        tuple("retention.ms", "10000"),
                        tuple("log.retention.ms", "1000"),
                        tuple("log.retention.ms", "2000"),
                        tuple("log.retention.hours", "24"));
    }

    @Test
    void onlyTheKeysAskedForAreTold() {
        // given
        rig.store.withTopic("t", 1);
        var asked = resource(T).setConfigurationKeys(List.of("flush.ms", "no.such.setting"));

        // when
        var result =
                call(
                                rig.describeConfigs(),
                                DESCRIBE,
                                new DescribeConfigsRequestData().setResources(List.of(asked)))
                        .results()
                        .getFirst();

        // then
        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactly("flush.ms");
        assertThat(result.configs().getFirst().synonyms()).isEmpty();
        assertThat(result.configs().getFirst().documentation()).isNull();
    }

    @Test
    void everySettingIsDocumented() {
        // given
        rig.store.withTopic("t", 1);
        var group = new ConfigResource(ConfigResource.Type.GROUP, "g");
        var metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "m");

        // when
        var results = List.of(describe(T), describe(NODE), describe(group), describe(metrics));

        // then
        assertThat(results)
                .allMatch(result -> !result.configs().isEmpty())
                .flatExtracting(DescribeConfigsResult::configs)
                .allMatch(entry -> !entry.documentation().isBlank() && entry.configType() != 0);
    }

    @Test
    void theDefaultOfAllNodesTellsOnlyWhatWasChanged() {
        // given
        set(ALL_NODES, "message.max.bytes", "2000000");

        // when
        var result = describe(ALL_NODES);

        // then
        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactly("message.max.bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC, gone, UNKNOWN_TOPIC_OR_PARTITION",
        "TOPIC, not legal, INVALID_TOPIC_EXCEPTION",
        "TOPIC, '', INVALID_TOPIC_EXCEPTION",
        "BROKER, x, INVALID_REQUEST",
        "BROKER, 2, INVALID_REQUEST",
        "BROKER_LOGGER, '', INVALID_REQUEST",
        "BROKER_LOGGER, 2, INVALID_REQUEST",
        "GROUP, '', INVALID_REQUEST",
        "CLIENT_METRICS, '', INVALID_REQUEST",
        "UNKNOWN, x, INVALID_REQUEST",
    })
    void whatCannotBeDescribedIsRefusedAlone(
            ConfigResource.Type type, String name, Errors expected) {
        // given
        rig.store.withTopic("t", 1);
        var request =
                new DescribeConfigsRequestData()
                        .setResources(
                                List.of(resource(new ConfigResource(type, name)), resource(T)));

        // when
        var results = call(rig.describeConfigs(), DESCRIBE, request).results();

        // then
        assertThat(results)
                .extracting(result -> error(result.errorCode()))
                .containsExactly(expected, Errors.NONE);
        assertThat(results.getFirst().errorMessage()).isNotBlank();
    }

    @Test
    void describesAtEveryVersion() {
        rig.store.withTopic("t", 1);
        for (int version = 1; version <= DESCRIBE; version++) {
            var request = new DescribeConfigsRequestData().setResources(List.of(resource(T)));
            var result = call(rig.describeConfigs(), version, request).results().getFirst();
            assertThat(error(result.errorCode())).isEqualTo(Errors.NONE);
            assertThat(entry(result, "retention.ms").value()).isEqualTo("86400000");
        }
    }

    // Changing single settings

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

    // Listing resources

    @Test
    void listsTopicsAndNodesAndWhateverHasSettings() {
        // given
        rig.store.withTopic("t", 1);
        set(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "m"), "interval.ms", "1000");
        set(
                new ConfigResource(ConfigResource.Type.GROUP, "g"),
                "share.isolation.level",
                "read_committed");

        // when
        var old = list(0);
        var all = list(1);
        var topics = list(1, ConfigResource.Type.TOPIC);

        // then
        assertThat(old).containsExactly("CLIENT_METRICS m");
        assertThat(all)
                .containsExactlyInAnyOrder(
                        "TOPIC t", "BROKER 1", "BROKER_LOGGER 1", "CLIENT_METRICS m", "GROUP g");
        assertThat(topics).containsExactly("TOPIC t");
    }

    @Test
    void anUnknownTypeOfResourceIsNotListed() {
        // given
        var request = new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 99));

        // when
        var answer = call(new ListConfigResourcesHandler(rig.metadata), 1, request);

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
    }

    private List<String> list(int version, ConfigResource.Type... types) {
        var request =
                new ListConfigResourcesRequestData()
                        .setResourceTypes(
                                Arrays.stream(types).map(ConfigResource.Type::id).toList());
        return call(new ListConfigResourcesHandler(rig.metadata), version, request)
                .configResources()
                .stream()
                .map(found ->
                        ConfigResource.Type.forId(found.resourceType())
                                + " "
                                + found.resourceName())
                .toList();
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

    private AlterConfigsResourceResponse set(ConfigResource resource, String name, String value) {
        return alter(resource, step(OpType.SET, name, value));
    }

    private AlterConfigsResourceResponse alter(ConfigResource resource, AlterableConfig... steps) {
        return call(
                        new IncrementalAlterConfigsHandler(rig.settingChanges()),
                        1,
                        request(resource, steps))
                .responses()
                .getFirst();
    }

    private static IncrementalAlterConfigsRequestData request(
            ConfigResource resource, AlterableConfig... steps) {
        var asked =
                new AlterConfigsResource()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name());
        Arrays.stream(steps).forEach(asked.configs()::add);
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(asked);
        return request;
    }

    private static AlterableConfig step(OpType op, String name, String value) {
        return new AlterableConfig().setConfigOperation(op.id()).setName(name).setValue(value);
    }

    private DescribeConfigsResult describe(ConfigResource resource) {
        var request =
                new DescribeConfigsRequestData()
                        .setIncludeDocumentation(true)
                        .setIncludeSynonyms(true)
                        .setResources(List.of(resource(resource)));
        return call(rig.describeConfigs(), DESCRIBE, request).results().getFirst();
    }

    private static DescribeConfigsResource resource(ConfigResource resource) {
        return new DescribeConfigsResource()
                .setResourceType(resource.type().id())
                .setResourceName(resource.name())
                .setConfigurationKeys(null);
    }

    private static DescribeConfigsResourceResult entry(DescribeConfigsResult result, String name) {
        return result.configs().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
