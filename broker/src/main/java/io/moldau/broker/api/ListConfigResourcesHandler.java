package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.TopicImage;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `ListConfigResources`, API key 74, versions 0–1.
///
/// - v0: client metrics subscriptions (KIP-1000)
/// - v1: any types of resources, all of them by default (KIP-1142). Topics and brokers are listed
///   whether or not they have settings of their own, the others if they have
public final class ListConfigResourcesHandler
        implements RequestHandler<ListConfigResourcesRequestData, ListConfigResourcesResponseData> {
    private static final List<ConfigResource.Type> ALL =
            List.of(
                    ConfigResource.Type.TOPIC,
                    ConfigResource.Type.BROKER,
                    ConfigResource.Type.BROKER_LOGGER,
                    ConfigResource.Type.CLIENT_METRICS,
                    ConfigResource.Type.GROUP);

    private final MetadataAccess metadata;

    public ListConfigResourcesHandler(MetadataAccess metadata) {
        this.metadata = metadata;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public CompletableFuture<ListConfigResourcesResponseData> handle(
            RequestContext context, ListConfigResourcesRequestData request) {
        var types =
                context.apiVersion() == 0
                        ? List.of(ConfigResource.Type.CLIENT_METRICS)
                        : request.resourceTypes().isEmpty()
                                ? ALL
                                : request.resourceTypes().stream()
                                        .distinct()
                                        .map(ConfigResource.Type::forId)
                                        .toList();
        if (types.contains(ConfigResource.Type.UNKNOWN)) {
            return Futures.done(errorResponse(request, Errors.UNSUPPORTED_VERSION, ""));
        }
        var image = metadata.image();
        var response = new ListConfigResourcesResponseData();
        for (var type : types) {
            var names = new TreeSet<String>();
            names(type, image).forEach(names::add);
            names.forEach(name ->
                    response.configResources()
                            .add(
                                    new ListConfigResourcesResponseData.ConfigResource()
                                            .setResourceName(name)
                                            .setResourceType(type.id())));
        }
        return Futures.done(response);
    }

    private static Stream<String> names(ConfigResource.Type type, ClusterImage image) {
        return switch (type) {
            case TOPIC -> image.topics().stream().map(TopicImage::name);
            case BROKER, BROKER_LOGGER ->
                    image.nodes().keySet().stream().map(id -> Integer.toString(id));
            case GROUP, CLIENT_METRICS ->
                    image.configResources().stream()
                            .filter(resource -> resource.type() == type)
                            .map(ConfigResource::name);
            case UNKNOWN -> Stream.of();
        };
    }

    @Override
    public ListConfigResourcesResponseData errorResponse(
            ListConfigResourcesRequestData request, Errors error, String message) {
        return new ListConfigResourcesResponseData().setErrorCode(error.code());
    }
}
