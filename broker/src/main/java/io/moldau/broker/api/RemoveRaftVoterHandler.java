package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `RemoveRaftVoter`, API key 81, version 0.
///
/// A voter only follows the metadata from now on (KIP-853); as a broker it stays what it is.
public final class RemoveRaftVoterHandler
        implements RequestHandler<RemoveRaftVoterRequestData, RemoveRaftVoterResponseData> {
    private final MetadataAccess metadata;
    private final VoterChanges changes;

    public RemoveRaftVoterHandler(MetadataAccess metadata, VoterChanges changes) {
        this.metadata = metadata;
        this.changes = changes;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.REMOVE_RAFT_VOTER;
    }

    @Override
    public CompletableFuture<RemoveRaftVoterResponseData> handle(
            RequestContext context, RemoveRaftVoterRequestData request) {
        var other = OtherCluster.refusal(request.clusterId(), metadata.image().clusterId());
        if (other.isPresent()) {
            return Futures.done(
                    errorResponse(request, Errors.INCONSISTENT_CLUSTER_ID, other.get()));
        }
        return changes.removeVoter(
                        request.voterId(), OtherCluster.directory(request.voterDirectoryId()))
                .thenApply(result -> errorResponse(request, result.error(), result.message()));
    }

    @Override
    public RemoveRaftVoterResponseData errorResponse(
            RemoveRaftVoterRequestData request, Errors error, String message) {
        return new RemoveRaftVoterResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
