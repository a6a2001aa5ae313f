package io.moldau.quorum.bootstrap;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.proto.membership.Admitted;
import io.moldau.proto.membership.ChangeMemberRequest;
import io.moldau.proto.membership.ChangeMemberResponse;
import io.moldau.proto.membership.GreetRequest;
import io.moldau.proto.membership.JoinRequest;
import io.moldau.proto.membership.JoinResponse;
import io.moldau.proto.membership.MembershipGrpc;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the other nodes: who this one is, whether they may join, who is to vote.
///
/// Its handlers may wait, so they must not run on the event loop.
public final class MembershipService extends MembershipGrpc.MembershipImplBase {
    private static final Logger LOGGER = LoggerFactory.getLogger(MembershipService.class);
    private static final long CHANGE_TIMEOUT_MS = 15_000;

    private final PeerChannels channels;
    private final ReentrantLock oneChange = new ReentrantLock();
    private final Reservations reservations = new Reservations();
    private volatile Function<Optional<PeerAddress>, Greeting> greeter;
    private volatile @Nullable Belonging belonging;

    /// What the node answers with once its part of the quorum runs.
    ///
    /// @param onFirstGuest runs before the first other node is admitted: a cluster of one writes
    ///   down that it will be one of several
    public record Belonging(Formation formation, Members members, Runnable onFirstGuest) {}

    /// @param greeter gives what the node says of itself; it is told under which name it was called
    public MembershipService(
            PeerChannels channels, Function<Optional<PeerAddress>, Greeting> greeter) {
        this.channels = channels;
        this.greeter = greeter;
    }

    /// From now on the node says this of itself.
    public void greetWith(Function<Optional<PeerAddress>, Greeting> newGreeter) {
        greeter = newGreeter;
    }

    /// From now on others may join through this node.
    public void open(Belonging to) {
        belonging = to;
    }

    @Override
    public void greet(
            GreetRequest request, StreamObserver<io.moldau.proto.membership.Greeting> answer) {
        var dialled =
                request.hasDialled()
                        ? Optional.of(Wire.from(request.getDialled()))
                        : Optional.<PeerAddress>empty();
        answer.onNext(Wire.of(greeter.apply(dialled)));
        answer.onCompleted();
    }

    @Override
    public void joinCluster(JoinRequest request, StreamObserver<JoinResponse> answer) {
        var here = belonging;
        var response =
                here == null
                        ? notNow("the node is still starting")
                        : here.members().leads()
                                ? admitOneByOne(request, here)
                                : passOn(request, here.members());
        answer.onNext(response);
        answer.onCompleted();
    }

    private JoinResponse passOn(JoinRequest request, Members members) {
        var leader = members.leader();
        if (request.getPassedOn() || leader.isEmpty()) {
            return notNow("the cluster elects a leader");
        }
        try {
            return MembershipGrpc.newBlockingStub(channels.to(leader.get()))
                    .withDeadlineAfter(CHANGE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .joinCluster(request.toBuilder().setPassedOn(true).build());
        } catch (io.grpc.StatusRuntimeException gone) {
            LOGGER.atDebug().setCause(gone).log("leader does not answer");
            return notNow("the leader at %s does not answer".formatted(leader.get()));
        }
    }

    private JoinResponse admitOneByOne(JoinRequest request, Belonging here) {
        oneChange.lock();
        try {
            return admit(request, here);
        } finally {
            oneChange.unlock();
        }
    }

    private JoinResponse admit(JoinRequest request, Belonging here) {
        var clusterId = here.formation().clusterId();
        if (!request.getClusterId().isEmpty() && !request.getClusterId().equals(clusterId)) {
            return refused(
                    "this node belongs to cluster %s, but the one that it asked to cluster %s: correct cluster.join, or give this node an empty data directory"
                            .formatted(request.getClusterId(), clusterId));
        }
        var applicant =
                new Admission.Applicant(
                        Wire.from(request.getDirectoryId()),
                        request.hasNodeId()
                                ? OptionalInt.of(request.getNodeId())
                                : OptionalInt.empty(),
                        Wire.from(request.getAddress()));
        here.onFirstGuest().run();
        var decision = Admission.decide(applicant, here.members(), reservations);
        return request.getReady() ? carryOut(decision, here) : promise(decision, here);
    }

    private JoinResponse promise(Admission.Decision decision, Belonging here) {
        return switch (decision) {
            case Admission.Decision.Known(var peer) -> admitted(peer, here);
            case Admission.Decision.Admit(var peer) -> admitted(reservations.keep(peer), here);
            case Admission.Decision.Replace(_, var peer) -> admitted(reservations.keep(peer), here);
            case Admission.Decision.Refuse(var sentence) -> refused(sentence);
        };
    }

    private static JoinResponse carryOut(Admission.Decision decision, Belonging here) {
        var members = here.members();
        return switch (decision) {
            case Admission.Decision.Known(var peer) -> admitted(peer, here);
            case Admission.Decision.Admit(var peer) ->
                    done(members.addListener(peer), "admit", peer, here);
            case Admission.Decision.Replace(var gone, var peer) -> {
                LOGGER.atWarn()
                        .addKeyValue("nodeId", peer.nodeId())
                        .addKeyValue("goneDirectory", gone.directoryId())
                        .addKeyValue("directory", peer.directoryId())
                        .log("a node comes back without its disk");
                yield done(members.replace(gone, peer), "replace", peer, here);
            }
            case Admission.Decision.Refuse(var sentence) -> refused(sentence);
        };
    }

    private static JoinResponse done(
            java.util.concurrent.CompletableFuture<Void> change,
            String what,
            Peer peer,
            Belonging here) {
        try {
            change.get(CHANGE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            LOGGER.atInfo()
                    .addKeyValue("nodeId", peer.nodeId())
                    .addKeyValue("address", peer.address())
                    .addKeyValue("directory", peer.directoryId())
                    .log(what + " node");
            return admitted(peer, here);
        } catch (ExecutionException | TimeoutException failed) {
            // It asks again, so this is no failure yet.
            LOGGER.atInfo()
                    .addKeyValue("nodeId", peer.nodeId())
                    .addKeyValue("address", peer.address())
                    .addKeyValue("reason", String.valueOf(rootOf(failed).getMessage()))
                    .log("node not admitted yet");
            return notNow("the cluster could not " + what + " this node yet");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return notNow("the leader is stopping");
        }
    }

    private static Throwable rootOf(Throwable failure) {
        return failure.getCause() == null ? failure : rootOf(failure.getCause());
    }

    private static JoinResponse admitted(Peer peer, Belonging here) {
        return JoinResponse.newBuilder()
                .setAdmitted(
                        Admitted.newBuilder()
                                .setNodeId(peer.nodeId())
                                .setFormation(Wire.of(here.formation()))
                                .addAllVoters(
                                        here.members().voters().stream().map(Wire::of).toList()))
                .build();
    }

    private static JoinResponse refused(String sentence) {
        return JoinResponse.newBuilder().setRefused(sentence).build();
    }

    private static JoinResponse notNow(String sentence) {
        return JoinResponse.newBuilder().setNotNow(sentence).build();
    }

    @Override
    public void changeMember(
            ChangeMemberRequest request, StreamObserver<ChangeMemberResponse> answer) {
        var here = belonging;
        if (here == null) {
            answer.onError(
                    Status.UNAVAILABLE
                            .withDescription("the node is still starting")
                            .asRuntimeException());
            return;
        }
        answer.onNext(change(request, here));
        answer.onCompleted();
    }

    /// A change of one member's part.
    public enum Change {
        /// From listener to voter.
        PROMOTE,
        /// From voter to listener.
        DEMOTE,
        REMOVE
    }

    /// Changes a member's part, on this node or, where another one leads, there. Waits for it.
    ///
    /// @param directoryId empty for the node whatever its directory
    public ChangeMemberResponse change(Change change, int nodeId, Optional<Uuid> directoryId) {
        var here = belonging;
        if (here == null) {
            return failed(Errors.NOT_CONTROLLER, "The node is still starting.");
        }
        var request =
                ChangeMemberRequest.newBuilder()
                        .setClusterId(here.formation().clusterId())
                        .setNodeId(nodeId)
                        .setChange(
                                switch (change) {
                                    case PROMOTE -> ChangeMemberRequest.Change.PROMOTE;
                                    case DEMOTE -> ChangeMemberRequest.Change.DEMOTE;
                                    case REMOVE -> ChangeMemberRequest.Change.REMOVE;
                                });
        directoryId.ifPresent(id -> request.setDirectoryId(Wire.of(id)));
        return change(request.build(), here);
    }

    private ChangeMemberResponse change(ChangeMemberRequest request, Belonging here) {
        var members = here.members();
        if (!members.leads()) {
            return passOn(request, members);
        }
        if (!request.getClusterId().isEmpty()
                && !request.getClusterId().equals(here.formation().clusterId())) {
            return failed(
                    Errors.INCONSISTENT_CLUSTER_ID,
                    "This is cluster %s, not %s."
                            .formatted(here.formation().clusterId(), request.getClusterId()));
        }
        oneChange.lock();
        try {
            return MemberChange.carryOut(request, members, CHANGE_TIMEOUT_MS);
        } finally {
            oneChange.unlock();
        }
    }

    private ChangeMemberResponse passOn(ChangeMemberRequest request, Members members) {
        var leader = members.leader();
        if (request.getPassedOn() || leader.isEmpty()) {
            return failed(Errors.NOT_CONTROLLER, "The cluster elects a leader; ask again.");
        }
        try {
            return MembershipGrpc.newBlockingStub(channels.to(leader.get()))
                    .withDeadlineAfter(CHANGE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .changeMember(request.toBuilder().setPassedOn(true).build());
        } catch (io.grpc.StatusRuntimeException gone) {
            return failed(
                    Errors.NOT_CONTROLLER,
                    "The leader at %s does not answer (%s)."
                            .formatted(leader.get(), gone.getStatus().getCode()));
        }
    }

    static ChangeMemberResponse failed(Errors error, String sentence) {
        return ChangeMemberResponse.newBuilder()
                .setError(error.code())
                .setMessage(sentence)
                .build();
    }
}
