package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `AddRaftVoter`, API key 80, versions 0–1.
///
/// - v0: a node that follows the metadata votes from now on (KIP-853). It must have joined before;
///   the cluster knows its address, so the one in the request is not looked at
/// - v1: whether to wait for the change to be committed; it always is waited for
public final class AddRaftVoterHandler
        implements RequestHandler<AddRaftVoterRequestData, AddRaftVoterResponseData> {
    private final MetadataAccess metadata;
    private final VoterChanges changes;

    public AddRaftVoterHandler(MetadataAccess metadata, VoterChanges changes) {
        this.metadata = metadata;
        this.changes = changes;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ADD_RAFT_VOTER;
    }

    @Override
    public CompletableFuture<AddRaftVoterResponseData> handle(
            RequestContext context, AddRaftVoterRequestData request) {
        var other = OtherCluster.refusal(request.clusterId(), metadata.image().clusterId());
        if (other.isPresent()) {
            return Futures.done(
                    errorResponse(request, Errors.INCONSISTENT_CLUSTER_ID, other.get()));
        }
        return changes.addVoter(
                        request.voterId(), OtherCluster.directory(request.voterDirectoryId()))
                .thenApply(result -> errorResponse(request, result.error(), result.message()));
    }

    @Override
    public AddRaftVoterResponseData errorResponse(
            AddRaftVoterRequestData request, Errors error, String message) {
        return new AddRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(message);
    }
}
