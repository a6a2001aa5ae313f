package io.moldau.quorum.bootstrap;

import static io.moldau.quorum.bootstrap.MembershipService.failed;

import io.moldau.proto.membership.ChangeMemberRequest;
import io.moldau.proto.membership.ChangeMemberResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/// One change of who votes, on the node that leads. Kafka's errors: a voter that is one already, or
/// is none.
final class MemberChange {
    private MemberChange() {}

    static ChangeMemberResponse carryOut(
            ChangeMemberRequest request, Members members, long timeoutMs) {
        return switch (request.getChange()) {
            case PROMOTE -> promote(request, members, timeoutMs);
            case DEMOTE -> demote(request, members, timeoutMs);
            case REMOVE -> remove(request, members, timeoutMs);
            case UNRECOGNIZED -> failed(Errors.INVALID_REQUEST, "The change is not known here.");
        };
    }

    private static ChangeMemberResponse promote(
            ChangeMemberRequest request, Members members, long timeoutMs) {
        if (find(request, members.voters()).isPresent()) {
            return failed(
                    Errors.DUPLICATE_VOTER,
                    "Node %d is a voter already.".formatted(request.getNodeId()));
        }
        return find(request, members.listeners())
                .map(peer -> await(members.promote(peer), timeoutMs))
                .orElseGet(() ->
                        failed(
                                Errors.INVALID_REQUEST,
                                "Node %d does not belong to the cluster; start it with cluster.join first."
                                        .formatted(request.getNodeId())));
    }

    private static ChangeMemberResponse demote(
            ChangeMemberRequest request, Members members, long timeoutMs) {
        var voters = members.voters();
        var peer = find(request, voters);
        if (peer.isEmpty()) {
            return noVoter(request);
        }
        return voters.size() == 1
                ? failed(
                        Errors.INVALID_REQUEST,
                        "Node %d is the only voter.".formatted(request.getNodeId()))
                : await(members.demote(peer.get()), timeoutMs);
    }

    private static ChangeMemberResponse remove(
            ChangeMemberRequest request, Members members, long timeoutMs) {
        var peer = find(request, members.all());
        if (peer.isEmpty()) {
            return noVoter(request);
        }
        return members.voters().size() == 1 && members.voters().contains(peer.get())
                ? failed(
                        Errors.INVALID_REQUEST,
                        "Node %d is the only voter.".formatted(request.getNodeId()))
                : await(members.remove(peer.get()), timeoutMs);
    }

    private static ChangeMemberResponse noVoter(ChangeMemberRequest request) {
        return failed(
                Errors.VOTER_NOT_FOUND, "Node %d is no voter.".formatted(request.getNodeId()));
    }

    private static Optional<Peer> find(ChangeMemberRequest request, List<Peer> peers) {
        return peers.stream()
                .filter(peer -> peer.nodeId() == request.getNodeId())
                .filter(peer ->
                        !request.hasDirectoryId()
                                || peer.directoryId().equals(Wire.from(request.getDirectoryId())))
                .findFirst();
    }

    private static ChangeMemberResponse await(CompletableFuture<Void> change, long timeoutMs) {
        try {
            change.get(timeoutMs, TimeUnit.MILLISECONDS);
            return ChangeMemberResponse.getDefaultInstance();
        } catch (TimeoutException slow) {
            return failed(
                    Errors.REQUEST_TIMED_OUT,
                    "The change was not done within %d s; it may still be."
                            .formatted(timeoutMs / 1000));
        } catch (ExecutionException failure) {
            return failed(
                    Errors.UNKNOWN_SERVER_ERROR,
                    "The change failed: %s.".formatted(failure.getCause().getMessage()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return failed(Errors.NOT_CONTROLLER, "The leader is stopping.");
        }
    }
}
