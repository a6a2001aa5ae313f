package io.moldau.broker.api;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ApiVersions`, API key 18, versions 0–5.
///
/// - v1: throttle time
/// - v3: flexible versions, though never in the response header; the client's name and version
///   (KIP-511); feature levels (KIP-584)
/// - v4: a supported feature may begin at level 0; older versions leave such features out
/// - v5: the client says which cluster and node it means to talk to (KIP-1242)
///
/// A version that is not served is answered at version 0 with UNSUPPORTED_VERSION and the range of
/// this key alone; the connection handler sees to it with [#errorResponse].
public final class ApiVersionsHandler
        implements RequestHandler<ApiVersionsRequestData, ApiVersionsResponseData> {
    /// Letters and digits, with dots and hyphens between them.
    private static final Pattern SOFTWARE =
            Pattern.compile("[a-zA-Z0-9](?:[-.a-zA-Z0-9]*[a-zA-Z0-9])?");

    private static final int FEATURES_SINCE = 3;
    private static final int FEATURES_FROM_ZERO_SINCE = 4;

    private final ApiVersionCollection served = new ApiVersionCollection();
    private final Supplier<BrokerFeatures> features;
    private final Supplier<String> clusterId;
    private final int nodeId;

    /// @param others every other handler of the listener: their ranges are what is told
    /// @param features asked at each request, as levels change while the node runs
    public ApiVersionsHandler(
            Collection<? extends RequestHandler<?, ?>> others,
            Supplier<BrokerFeatures> features,
            Supplier<String> clusterId,
            int nodeId) {
        this.features = features;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        others.forEach(handler -> served.add(range(handler)));
        served.add(range(this));
    }

    private static ApiVersion range(RequestHandler<?, ?> handler) {
        return new ApiVersion()
                .setApiKey(handler.key().id)
                .setMinVersion(advertisedMin(handler))
                .setMaxVersion(handler.maxVersion());
    }

    /// Produce is said to begin at 0 although 0–2 are refused: librdkafka up to 2.8 would otherwise
    /// switch off compression and more (KAFKA-18659).
    private static short advertisedMin(RequestHandler<?, ?> handler) {
        return handler.key() == ApiKeys.PRODUCE
                ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                : handler.minVersion();
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public CompletableFuture<ApiVersionsResponseData> handle(
            RequestContext context, ApiVersionsRequestData request) {
        var refusal = refusal(context.apiVersion(), request);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(
                    errorResponse(request, refusal.get(), refusal.get().message()));
        }
        if (context.apiVersion() >= FEATURES_SINCE) {
            context.connection()
                    .clientSoftware(request.clientSoftwareName(), request.clientSoftwareVersion());
        }
        return CompletableFuture.completedFuture(answer(context.apiVersion()));
    }

    private Optional<Errors> refusal(short version, ApiVersionsRequestData request) {
        if (version < FEATURES_SINCE) {
            return Optional.empty();
        }
        if (!SOFTWARE.matcher(request.clientSoftwareName()).matches()
                || !SOFTWARE.matcher(request.clientSoftwareVersion()).matches()) {
            return Optional.of(Errors.INVALID_REQUEST);
        }
        return isMisrouted(request) ? Optional.of(Errors.REBOOTSTRAP_REQUIRED) : Optional.empty();
    }

    /// Clients tell both ids or none; a node id without its cluster says nothing.
    private boolean isMisrouted(ApiVersionsRequestData request) {
        return request.clusterId() != null
                && (!request.clusterId().equals(clusterId.get())
                        || (request.nodeId() >= 0 && request.nodeId() != nodeId));
    }

    private ApiVersionsResponseData answer(short version) {
        var answer = new ApiVersionsResponseData().setApiKeys(served.duplicate());
        if (version < FEATURES_SINCE) {
            return answer;
        }
        var levels = features.get();
        levels.supported()
                .forEach((name, range) -> {
                    if (range.min() > 0 || version >= FEATURES_FROM_ZERO_SINCE) {
                        answer.supportedFeatures()
                                .add(
                                        new SupportedFeatureKey()
                                                .setName(name)
                                                .setMinVersion(range.min())
                                                .setMaxVersion(range.max()));
                    }
                });
        levels.finalized()
                .forEach((name, level) ->
                        answer.finalizedFeatures()
                                .add(
                                        new FinalizedFeatureKey()
                                                .setName(name)
                                                .setMinVersionLevel(level)
                                                .setMaxVersionLevel(level)));
        return answer.setFinalizedFeaturesEpoch(levels.finalizedEpoch());
    }

    @Override
    public ApiVersionsResponseData errorResponse(
            ApiVersionsRequestData request, Errors error, String message) {
        var answer = new ApiVersionsResponseData().setErrorCode(error.code());
        if (error == Errors.UNSUPPORTED_VERSION) {
            answer.apiKeys().add(range(this)); // So that the client knows what to ask instead.
        }
        return answer;
    }
}
