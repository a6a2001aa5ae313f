package io.moldau.broker.app;

import io.moldau.broker.api.VoterChanges;
import io.moldau.metadata.MetadataCommand.ObserveOnly;
import io.moldau.quorum.bootstrap.MembershipService;
import io.moldau.quorum.bootstrap.MembershipService.Change;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Changes of the quorum's members as clients order them.
///
/// @param cluster knows the members, once others can reach this node
record QuorumVoters(ClusterPart cluster) implements VoterChanges {
    private static final Result ALONE =
            new Result(
                    Errors.INVALID_REQUEST,
                    "The node is alone: its port for other nodes is not open.");

    @Override
    public CompletableFuture<Result> addVoter(int nodeId, Optional<Uuid> directoryId) {
        return remembered(nodeId, false, () -> change(Change.PROMOTE, nodeId, directoryId));
    }

    @Override
    public CompletableFuture<Result> removeVoter(int nodeId, Optional<Uuid> directoryId) {
        return remembered(nodeId, true, () -> change(Change.DEMOTE, nodeId, directoryId));
    }

    /// The controller, which keeps the number of voters, must not undo what an operator orders:
    /// hence first the word, then the deed. A deed that fails takes the word back.
    private CompletableFuture<Result> remembered(
            int nodeId, boolean observerOnly, Supplier<CompletableFuture<Result>> change) {
        var node = cluster.quorum().image().node(nodeId);
        if (node == null || node.observerOnly() == observerOnly) {
            return change.get();
        }
        return cluster.quorum()
                .submit(new ObserveOnly(nodeId, observerOnly))
                .thenCompose(_ -> change.get())
                .thenCompose(result ->
                        result.error() == Errors.NONE
                                ? CompletableFuture.completedFuture(result)
                                : cluster.quorum()
                                        .submit(new ObserveOnly(nodeId, !observerOnly))
                                        .thenApply(_ -> result));
    }

    @Override
    public CompletableFuture<Result> expel(int nodeId) {
        boolean belongs =
                new QuorumMembers(cluster.quorum(), cluster.self())
                        .all().stream().anyMatch(peer -> peer.nodeId() == nodeId);
        return belongs
                ? change(Change.REMOVE, nodeId, Optional.empty())
                : CompletableFuture.completedFuture(new Result(Errors.NONE, ""));
    }

    private CompletableFuture<Result> change(
            Change change, int nodeId, Optional<Uuid> directoryId) {
        return cluster.membership()
                .map(membership -> carriedOut(membership, change, nodeId, directoryId))
                .orElseGet(() -> CompletableFuture.completedFuture(ALONE));
    }

    /// A change waits for other nodes: not on the thread of a connection.
    private static CompletableFuture<Result> carriedOut(
            MembershipService membership, Change change, int nodeId, Optional<Uuid> directoryId) {
        var result = new CompletableFuture<Result>();
        Thread.ofVirtual()
                .name("member-change")
                .start(() -> {
                    try {
                        var answer = membership.change(change, nodeId, directoryId);
                        result.complete(
                                new Result(
                                        Errors.forCode((short) answer.getError()),
                                        answer.getMessage()));
                    } catch (RuntimeException failed) {
                        result.completeExceptionally(failed);
                    }
                });
        return result;
    }
}
