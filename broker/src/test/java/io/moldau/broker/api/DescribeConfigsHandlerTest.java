package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescribeConfigsHandlerTest extends SettingsRig {
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
}
