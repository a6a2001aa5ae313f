package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiVersionsHandlerTest {
    private static final String CLUSTER = "Uc1GSDZhTL-2Gnwcwx1w2g";
    private static final int NODE = 3;

    private final ApiVersionsHandler handler =
            new ApiVersionsHandler(
                    List.of(
                            new Ranged(ApiKeys.METADATA, (short) 0, (short) 13),
                            new Ranged(ApiKeys.FETCH, (short) 4, (short) 17),
                            new Ranged(ApiKeys.PRODUCE, (short) 3, (short) 13)),
                    ApiVersionsHandlerTest::features,
                    () -> CLUSTER,
                    NODE);

    private static BrokerFeatures features() {
        var supported = new TreeMap<String, BrokerFeatures.Range>();
        supported.put("group.version", new BrokerFeatures.Range((short) 0, (short) 1));
        supported.put("metadata.version", new BrokerFeatures.Range((short) 7, (short) 33));
        var finalized = new TreeMap<String, Short>();
        finalized.put("metadata.version", (short) 33);
        return new BrokerFeatures(supported, finalized, 12);
    }

    private static ApiVersionsRequestData request() {
        return new ApiVersionsRequestData()
                .setClientSoftwareName("apache-kafka-java")
                .setClientSoftwareVersion("4.4.0");
    }

    private ApiVersionsResponseData ask(int version, ApiVersionsRequestData request) {
        return handler.handle(FakeConnection.context(ApiKeys.API_VERSIONS, version), request)
                .join();
    }

    private static String ranges(ApiVersionsResponseData answer) {
        return answer.apiKeys().stream()
                .map(api -> "%d:%d-%d".formatted(api.apiKey(), api.minVersion(), api.maxVersion()))
                .sorted()
                .toList()
                .toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void tellsTheRangesOfItsHandlersAtEveryVersion(int version) {
        // when
        var answer = ask(version, request());

        // then
        assertThat(answer.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(ranges(answer)).isEqualTo("[0:0-13, 18:0-5, 1:4-17, 3:0-13]");
    }

    @ParameterizedTest
    @CsvSource({
        "2, []",
        "3, [metadata.version]",
        "4, '[group.version, metadata.version]'",
        "5, '[group.version, metadata.version]'"
    })
    void tellsOldClientsOnlyTheFeaturesTheyCanRead(int version, String names) {
        // when
        var answer = ask(version, request());

        // then
        assertThat(answer.supportedFeatures().stream().map(f -> f.name()).sorted().toList())
                .hasToString(names);
    }

    @Test
    void tellsTheLevelsThatTheClusterServes() {
        // when
        var answer = ask(4, request());

        // then
        assertThat(answer.finalizedFeaturesEpoch()).isEqualTo(12);
        assertThat(answer.finalizedFeatures()).hasSize(1);
        assertThat(answer.finalizedFeatures().find("metadata.version").maxVersionLevel())
                .isEqualTo((short) 33);
    }

    @ParameterizedTest
    @CsvSource({"' bad', 1", "'', 1", "good, ''", "good, -1", "go/od, 1", "good-, 1"})
    void refusesAClientThatMisnamesItself(String name, String version) {
        // given
        var request =
                new ApiVersionsRequestData()
                        .setClientSoftwareName(name)
                        .setClientSoftwareVersion(version);

        // when
        var answer = ask(3, request);

        // then
        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(answer.apiKeys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -1, NONE",
                "Uc1GSDZhTL-2Gnwcwx1w2g, 3, NONE",
                "Uc1GSDZhTL-2Gnwcwx1w2g, -1, NONE",
                "-, 4, NONE",
                "another, 3, REBOOTSTRAP_REQUIRED",
                "Uc1GSDZhTL-2Gnwcwx1w2g, 4, REBOOTSTRAP_REQUIRED"
            })
    void sendsAClientAwayThatMeantAnother(String clusterId, int nodeId, Errors error) {
        // when
        var answer = ask(5, request().setClusterId(clusterId).setNodeId(nodeId));

        // then
        assertThat(answer.errorCode()).isEqualTo(error.code());
    }

    /// A handler with a range of its own.
    private record Ranged(ApiKeys key, short minVersion, short maxVersion)
            implements RequestHandler<ApiMessage, ApiMessage> {
        @Override
        public CompletableFuture<ApiMessage> handle(RequestContext context, ApiMessage request) {
            return CompletableFuture.completedFuture(key.messageType.newResponse());
        }

        @Override
        public ApiMessage errorResponse(ApiMessage request, Errors error, String message) {
            return key.messageType.newResponse();
        }
    }
}
