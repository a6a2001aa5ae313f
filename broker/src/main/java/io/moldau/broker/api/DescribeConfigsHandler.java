package io.moldau.broker.api;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ConfigEntry;
import io.moldau.broker.config.ResourceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// `DescribeConfigs`, API key 32, versions 1–4.
///
/// - v1: where each value comes from, and what it falls back to (KIP-226)
/// - v3: types and documentation (KIP-569)
/// - v4: flexible versions
///
/// Topics, brokers (the empty name: what holds for all of them), loggers, groups and client
/// metrics. A resource that cannot be described does not spoil the others.
public final class DescribeConfigsHandler
        implements RequestHandler<DescribeConfigsRequestData, DescribeConfigsResponseData> {
    /// So many resources are described on the event loop; more would keep it from others.
    private static final int FEW = 8;

    private final MetadataAccess metadata;
    private final Supplier<BrokerConfig> settings;
    private final ConfigTargets targets;
    private final LogLevels levels;

    /// @param settings the broker's settings in force
    public DescribeConfigsHandler(
            int self, MetadataAccess metadata, Supplier<BrokerConfig> settings, LogLevels levels) {
        this.metadata = metadata;
        this.settings = settings;
        this.levels = levels;
        targets = new ConfigTargets(metadata, self);
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public CompletableFuture<DescribeConfigsResponseData> handle(
            RequestContext context, DescribeConfigsRequestData request) {
        return request.resources().size() > FEW
                ? CompletableFuture.supplyAsync(() -> describe(request), Futures.ASIDE)
                : Futures.done(describe(request));
    }

    private DescribeConfigsResponseData describe(DescribeConfigsRequestData request) {
        var response = new DescribeConfigsResponseData();
        for (var asked : request.resources()) {
            response.results().add(describe(request, asked));
        }
        return response;
    }

    private DescribeConfigsResult describe(
            DescribeConfigsRequestData request, DescribeConfigsResource asked) {
        var resource =
                new ConfigResource(
                        ConfigResource.Type.forId(asked.resourceType()), asked.resourceName());
        var refusal = targets.refusal(resource);
        if (refusal.isPresent()) {
            return refused(asked, refusal.get().error(), refusal.get().message());
        }
        var keys = asked.configurationKeys();
        return new DescribeConfigsResult()
                .setErrorMessage("")
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setConfigs(
                        entries(resource).stream()
                                .filter(entry ->
                                        keys == null
                                                || keys.isEmpty()
                                                || keys.contains(entry.name()))
                                .map(entry -> result(request, entry))
                                .toList());
    }

    private List<ConfigEntry> entries(ConfigResource resource) {
        var overrides = metadata.image().configs(resource);
        return switch (resource.type()) {
            case TOPIC -> settings.get().describeTopic(overrides);
            case BROKER ->
                    resource.isDefault()
                            ? settings.get().describeClusterDefault()
                            : settings.get().describeBroker();
            case BROKER_LOGGER ->
                    levels.levels().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(DescribeConfigsHandler::loggerEntry)
                            .toList();
            case GROUP -> ResourceSettings.GROUP.describe(overrides);
            case CLIENT_METRICS -> ResourceSettings.CLIENT_METRICS.describe(overrides);
            case UNKNOWN -> List.of();
        };
    }

    private static ConfigEntry loggerEntry(Map.Entry<String, String> logger) {
        return new ConfigEntry(
                logger.getKey(),
                Optional.of(logger.getValue()),
                ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG,
                ConfigType.STRING,
                List.of(
                        new ConfigEntry.Synonym(
                                logger.getKey(),
                                Optional.of(logger.getValue()),
                                ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG)),
                "The least level of events that this logger passes on.",
                false,
                false);
    }

    private static DescribeConfigsResourceResult result(
            DescribeConfigsRequestData request, ConfigEntry entry) {
        var result =
                new DescribeConfigsResourceResult()
                        .setName(entry.name())
                        .setValue(entry.value().orElse(null))
                        .setReadOnly(entry.readOnly())
                        .setConfigSource(entry.source().id())
                        .setIsSensitive(entry.sensitive())
                        .setConfigType(entry.type().id());
        if (request.includeSynonyms()) {
            result.setSynonyms(
                    entry.synonyms().stream()
                            .map(synonym -> synonym(synonym, entry.sensitive()))
                            .toList());
        }
        return result.setDocumentation(
                request.includeDocumentation() ? entry.documentation() : null);
    }

    private static DescribeConfigsSynonym synonym(ConfigEntry.Synonym synonym, boolean sensitive) {
        return new DescribeConfigsSynonym()
                .setName(synonym.name())
                .setValue(sensitive ? null : synonym.value().orElse(null))
                .setSource(synonym.source().id());
    }

    private static DescribeConfigsResult refused(
            DescribeConfigsResource asked, Errors error, String message) {
        return new DescribeConfigsResult()
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName());
    }

    @Override
    public DescribeConfigsResponseData errorResponse(
            DescribeConfigsRequestData request, Errors error, String message) {
        var response = new DescribeConfigsResponseData();
        request.resources()
                .forEach(asked -> response.results().add(refused(asked, error, message)));
        return response;
    }
}
