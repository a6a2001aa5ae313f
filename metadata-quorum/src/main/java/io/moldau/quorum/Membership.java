package io.moldau.quorum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// Who belongs to the quorum, and the changes to that.
///
/// Changes are made by the node that leads, one after the other, each by one member: two at a time
/// could leave two majorities that do not overlap. Every change that is already so is done at once,
/// so a change may be asked for again when its end is not known.
public final class Membership {
    private static final long CHANGE_TIMEOUT_MS = 20_000;
    private static final long RETRY_MS = 50;
    private static final int ATTEMPTS = 40;

    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("quorum-members").start(task);

    private final Lives lives;
    private final Addresses addresses;
    private final ClientId clientId = ClientId.randomId();
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    Membership(Lives lives, Addresses addresses) {
        this.lives = lives;
        this.addresses = addresses;
    }

    private record Roles(List<RaftPeer> voters, List<RaftPeer> listeners) {
        static Roles of(RaftServer.Division division) {
            var current = division.getRaftConf();
            return new Roles(
                    List.copyOf(current.getCurrentPeers()),
                    List.copyOf(current.getAllPeers(RaftPeerRole.LISTENER)));
        }

        Roles without(Member member) {
            return new Roles(without(voters, member), without(listeners, member));
        }

        private static List<RaftPeer> without(List<RaftPeer> peers, Member member) {
            return peers.stream().filter(peer -> !peer.getId().equals(member.peerId())).toList();
        }

        Roles withVoter(Member member) {
            var others = without(member);
            return new Roles(
                    plus(others.voters, member.peer(RaftPeerRole.FOLLOWER)), others.listeners);
        }

        Roles withListener(Member member) {
            var others = without(member);
            return new Roles(
                    others.voters, plus(others.listeners, member.peer(RaftPeerRole.LISTENER)));
        }

        private static List<RaftPeer> plus(List<RaftPeer> peers, RaftPeer one) {
            var all = new ArrayList<>(peers);
            all.add(one);
            return List.copyOf(all);
        }

        boolean votes(Member member) {
            return voters.stream().anyMatch(peer -> peer.getId().equals(member.peerId()));
        }

        boolean listens(Member member) {
            return listeners.stream().anyMatch(peer -> peer.getId().equals(member.peerId()));
        }
    }

    private Roles roles() {
        return Roles.of(lives.node().division());
    }

    /// Who votes, and where they are by now.
    public List<Member> voters() {
        return roles().voters().stream().map(this::member).toList();
    }

    /// Who listens, and where they are by now.
    public List<Member> listeners() {
        return roles().listeners().stream().map(this::member).toList();
    }

    private Member member(RaftPeer peer) {
        var noted = Member.of(peer);
        return new Member(noted.nodeId(), noted.directoryId(), addresses.find(peer.getId()));
    }

    /// Makes a node that has started, as one that joins, a member: as a listener first, for only
    /// one that has caught up may count for a majority.
    public CompletableFuture<Void> add(Member member, boolean asVoter) {
        if (member.address() != null) {
            addresses.told(member.peerId(), member.address());
        }
        var listening =
                change(roles ->
                        roles.votes(member) || roles.listens(member)
                                ? roles
                                : roles.withListener(member));
        return asVoter ? listening.thenCompose(_ -> promote(member)) : listening;
    }

    /// Makes a listener a voter.
    public CompletableFuture<Void> promote(Member member) {
        return change(roles -> roles.votes(member) ? roles : roles.withVoter(member));
    }

    /// Makes a voter a listener.
    public CompletableFuture<Void> demote(Member member) {
        return change(roles -> roles.votes(member) ? roles.withListener(member) : roles);
    }

    /// Ends a membership; the node's quorum then fails, see [MetadataQuorum#onFailure].
    public CompletableFuture<Void> remove(Member member) {
        return change(roles -> roles.without(member));
    }

    /// Puts `successor` in the place of `gone`, who need not be alive: as a voter if that one
    /// voted, else as a listener.
    public CompletableFuture<Void> replace(Member gone, Member successor) {
        return add(successor, false)
                .thenCompose(_ ->
                        change(roles ->
                                roles.votes(gone)
                                        ? roles.without(gone).withVoter(successor)
                                        : roles.without(gone)));
    }

    private synchronized CompletableFuture<Void> change(UnaryOperator<Roles> edit) {
        // Ratis ends a change with its locks held, and waits for other threads when it begins one.
        var done = last.handle((_, _) -> 0).thenComposeAsync(_ -> attempt(edit, ATTEMPTS), THREADS);
        last = done;
        return done;
    }

    private CompletableFuture<Void> attempt(UnaryOperator<Roles> edit, int attempts) {
        var node = lives.current();
        if (node == null || !node.leads()) {
            return CompletableFuture.failedFuture(notLeader());
        }
        var before = Roles.of(node.division());
        var after = edit.apply(before);
        if (after.equals(before)) {
            return CompletableFuture.completedFuture(null);
        }
        return send(node, before, after)
                .handleAsync(Membership::failureOf, THREADS)
                .thenCompose(failure -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    if (failure instanceof NotLeaderException) {
                        return CompletableFuture.failedFuture(notLeader());
                    }
                    if (failure instanceof ReconfigurationInProgressException && attempts > 1) {
                        return pause().thenCompose(_ -> attempt(edit, attempts - 1));
                    }
                    return CompletableFuture.failedFuture(
                            new QuorumUnavailableException(
                                    "the members of the quorum could not be changed: "
                                            + failure.getMessage(),
                                    failure));
                });
    }

    private static CompletableFuture<Void> pause() {
        return CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(
                        RETRY_MS, TimeUnit.MILLISECONDS, task -> Thread.ofVirtual().start(task)));
    }

    private CompletableFuture<RaftClientReply> send(RaftNode node, Roles before, Roles after) {
        var arguments =
                SetConfigurationRequest.Arguments.newBuilder()
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .setServersInCurrentConf(before.voters())
                        .setListenersInCurrentConf(before.listeners())
                        .setServersInNewConf(after.voters())
                        .setListenersInNewConf(after.listeners())
                        .build();
        var request =
                new SetConfigurationRequest(
                        clientId,
                        node.id(),
                        node.division().getMemberId().getGroupId(),
                        CallId.getAndIncrement(),
                        arguments);
        try {
            return node.server()
                    .setConfigurationAsync(request)
                    .orTimeout(CHANGE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    private static @Nullable Throwable failureOf(
            @Nullable RaftClientReply reply, @Nullable Throwable thrown) {
        var failure = thrown;
        while (failure instanceof CompletionException && failure.getCause() != null) {
            failure = failure.getCause();
        }
        if (failure == null && reply != null && !reply.isSuccess()) {
            failure = reply.getException();
        }
        return failure;
    }

    private io.moldau.quorum.NotLeaderException notLeader() {
        var leader = lives.node().leader();
        return new io.moldau.quorum.NotLeaderException(
                leader == null
                        ? "no node leads the metadata quorum just now"
                        : "node %d leads the metadata quorum".formatted(PeerIds.nodeId(leader)));
    }
}
