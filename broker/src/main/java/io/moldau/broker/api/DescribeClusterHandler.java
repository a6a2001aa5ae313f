package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `DescribeCluster`, API key 60, versions 0–2.
///
/// - v1: the type of endpoint that is asked for (KIP-919); here every endpoint is a broker's
/// - v2: fenced brokers, if the client wants them (KIP-1073). One whose address this node cannot
///   tell is listed under an empty host, since it cannot be reached either way
public final class DescribeClusterHandler
        implements RequestHandler<DescribeClusterRequestData, DescribeClusterResponseData> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final MetadataAccess metadata;
    private final NodeAddresses addresses;

    public DescribeClusterHandler(MetadataAccess metadata, NodeAddresses addresses) {
        this.metadata = metadata;
        this.addresses = addresses;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public CompletableFuture<DescribeClusterResponseData> handle(
            RequestContext context, DescribeClusterRequestData request) {
        return Futures.done(
                switch (request.endpointType()) {
                    case BROKERS -> describe(context, request);
                    case CONTROLLERS ->
                            errorResponse(
                                    request,
                                    Errors.MISMATCHED_ENDPOINT_TYPE,
                                    "This is a broker's endpoint; controllers have none of"
                                            + " their own in this cluster.");
                    default ->
                            errorResponse(
                                    request,
                                    Errors.UNSUPPORTED_ENDPOINT_TYPE,
                                    "There is no endpoint type %d."
                                            .formatted(request.endpointType()));
                });
    }

    private DescribeClusterResponseData describe(
            RequestContext context, DescribeClusterRequestData request) {
        var image = metadata.image();
        var nodes = new ReachableNodes(image, addresses, context);
        var response =
                new DescribeClusterResponseData()
                        .setClusterId(image.clusterId())
                        .setControllerId(nodes.controllerId());
        for (var node : nodes.inOrder()) {
            response.brokers()
                    .add(
                            new DescribeClusterBroker()
                                    .setBrokerId(node.image().id())
                                    .setHost(node.address().host())
                                    .setPort(node.address().port())
                                    .setRack(node.image().rack()));
        }
        if (request.includeFencedBrokers()) {
            addFenced(image, context, response);
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return response;
    }

    private void addFenced(
            ClusterImage image, RequestContext context, DescribeClusterResponseData response) {
        for (var node : image.nodes().values()) {
            if (node.fenced()) {
                var address = addresses.of(node, context).orElse(new NodeAddresses.Address("", -1));
                response.brokers()
                        .add(
                                new DescribeClusterBroker()
                                        .setBrokerId(node.id())
                                        .setHost(address.host())
                                        .setPort(address.port())
                                        .setRack(node.rack())
                                        .setIsFenced(true));
            }
        }
    }

    @Override
    public DescribeClusterResponseData errorResponse(
            DescribeClusterRequestData request, Errors error, String message) {
        return new DescribeClusterResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
