package io.moldau.quorum;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/// This node's part of the metadata quorum.
///
/// **Durability.** A command is written to the log of every voter, and a majority has synced it to
/// disk (`FileChannel.force`), before it is applied and its future completes: it survives the end
/// of the process and of the power. Commands that wait together share an entry and its sync. Ratis
/// is left to sync each write; none of its settings that would relax that is used.
///
/// **Where it runs.** Every node applies every command, so every node answers from its own memory;
/// the voters among them make the log, and one voter leads. A command may be brought to any node.
public final class MetadataQuorum implements AutoCloseable {
    private final QuorumConfig config;
    private final QuorumDirectory directory;
    private final Board board = new Board();
    private final Failure failure = new Failure();
    private final AppliedIndex applied = new AppliedIndex();
    private final Leadership leadership = new Leadership();
    private final RaftLink link = new RaftLink();
    private final Submitter submitter = new Submitter(this::route);
    private final Addresses addresses = new Addresses(this::registered, this::nodeEpoch);
    private final Lives lives;
    private final Membership membership;
    private volatile @Nullable PeerSide peers;

    MetadataQuorum(QuorumConfig config, QuorumDirectory directory) {
        this.config = config;
        this.directory = directory;
        this.lives = new Lives(config, directory, link, failure, addresses);
        this.membership = new Membership(lives, addresses);
        failure.listen(submitter::stop);
        failure.listen(applied::stop);
        leadership.listen((_, _, _) -> submitter.pump());
        directory
                .identity()
                .voters()
                .forEach(voter -> {
                    if (voter.address() != null) {
                        addresses.told(voter.peerId(), voter.address());
                    }
                });
    }

    /// Opens or creates the node's part of the quorum; returns when this node has applied all that
    /// was acknowledged before. Several voters must be started beside each other: none of them
    /// comes so far without a majority. For that it waits as long as it takes.
    ///
    /// @throws QuorumStartException the data cannot be used, or the thread was interrupted, with
    ///   one sentence that says why and what to do
    public static MetadataQuorum start(QuorumConfig config) {
        return QuorumStart.start(config);
    }

    /// Starts Ratis; it takes part from now on.
    void open() throws IOException {
        var outlets = new Outlets(board, failure, submitter, applied, leadership, lives);
        if (config.server() != null && config.channels() != null) {
            openTo(config.server(), config.channels());
        }
        lives.begin(outlets);
    }

    CompletableFuture<Outcome> firstCommand() {
        return submit(new MetadataCommand.NameCluster(directory.identity().cluster()));
    }

    /// Lets a node that was alone talk to others from now on, so that they can join it. Who opened
    /// the port closes it, after the quorum.
    public void openTo(PeerServer server, PeerChannels channels) {
        if (peers != null) {
            throw new IllegalStateException("the quorum is open to other nodes already");
        }
        peers =
                new PeerSide(
                        server,
                        channels,
                        addresses,
                        link,
                        directory.identity().cluster(),
                        config.address(),
                        lives::localLog,
                        this::statusForOthers);
    }

    private @Nullable Route route() {
        var node = lives.current();
        var leader = node == null ? null : node.leader();
        if (node == null || leader == null) {
            return null;
        }
        if (leader.equals(node.id())) {
            return node.leads() ? node.log() : null;
        }
        var open = peers;
        return open == null ? null : open.to(leader);
    }

    /// Where the peer registered, if the newest registration of its node is by the same directory.
    private @Nullable PeerAddress registered(RaftPeerId peer) {
        var node = image().node(PeerIds.nodeId(peer));
        var address = node == null ? null : node.clusterAddress();
        return address == null || !PeerIds.directoryId(peer).equals(node.directoryId())
                ? null
                : new PeerAddress(address.host(), address.port());
    }

    private long nodeEpoch(RaftPeerId peer) {
        var node = image().node(PeerIds.nodeId(peer));
        return node == null ? -1 : node.nodeEpoch();
    }

    /// Replicates `command` and decides it. Commands that wait at the same time share one log
    /// entry; those of this node are decided in the order in which they were submitted, each once,
    /// whichever node leads and however often that changes.
    ///
    /// The future completes on the apply thread: what depends on it must be quick, or go elsewhere.
    /// When it completes the command is durable, and its effect is visible in [#image()] and
    /// [#offsets()] of this node. It fails with [QuorumUnavailableException] when nobody has
    /// decided it for 10 s.
    public CompletableFuture<Outcome> submit(MetadataCommand command) {
        return submitter.submit(command);
    }

    /// Completes when [#image()] is at least as new as anything that was acknowledged to anyone,
    /// anywhere, before this call. Costs one log entry, which many callers share.
    ///
    /// @return the index up to which this node has applied the log
    public CompletableFuture<Long> readBarrier() {
        return submitter.barrier().thenApply(_ -> appliedIndex());
    }

    /// The newest image. Never `null`, and never without a cluster id.
    public ClusterImage image() {
        return board.image();
    }

    public CommittedOffsets offsets() {
        return board.offsets();
    }

    /// Registers a listener, which is told of every image after the one that `begin` is given.
    /// Nothing is applied on this node while `begin` runs.
    public void follow(Consumer<ClusterImage> begin, ImageListener listener) {
        board.follow(begin, listener);
    }

    /// Registers a listener for later images.
    public void onPublished(ImageListener listener) {
        board.listen(listener);
    }

    /// Completes, on the apply thread, when this node has applied the entry at `index`.
    public CompletableFuture<Void> applied(long index) {
        return applied.await(index);
    }

    public long appliedIndex() {
        return applied.reached();
    }

    /// Index of the last entry that this node knows to be committed.
    public long committedIndex() {
        return lives.node().division().getRaftLog().getLastCommittedIndex();
    }

    /// The node that leads, as far as this one knows.
    public OptionalInt leaderId() {
        var leader = lives.node().leader();
        return leader == null ? OptionalInt.empty() : OptionalInt.of(PeerIds.nodeId(leader));
    }

    /// Whether this node leads, and has applied all that was acknowledged under earlier leaders.
    public boolean isLeader() {
        return lives.node().leads();
    }

    /// Raft's term.
    public long term() {
        return lives.node().division().getInfo().getCurrentTerm();
    }

    /// Registers who is told when another node leads; told of the present one at once.
    public void onLeaderChanged(LeaderListener listener) {
        leadership.listen(listener);
    }

    public Membership membership() {
        return membership;
    }

    /// Stands for election at once: for a voter that knows, by a connection that was refused, that
    /// the process of `gone`, which leads, is no more. It needs a majority of votes as always; but
    /// where the leader is alive after all it deposes it. Does nothing on a node that does not vote
    /// or that takes another for the leader by now.
    public void forceElection(int gone) {
        Election.force(lives.node(), gone);
    }

    /// Asks the other voters how far their logs go. Completes, within [Succession#ASK_MS], with how
    /// many milliseconds this node leaves it to them to stand for the place of `gone`; with nothing
    /// on one that does not vote.
    public CompletableFuture<OptionalLong> turnAfter(int gone) {
        var open = peers;
        return open == null
                ? CompletableFuture.completedFuture(OptionalLong.empty())
                : Succession.delayMs(lives.node().division(), gone, open::statusAt);
    }

    /// Before this node stops: another voter leads when the future completes, if this one did and
    /// another is alive. Takes half a second at most. [#close()] does it too, but later.
    public CompletableFuture<Void> handOver() {
        return Election.handOver(lives.node());
    }

    /// Where a member of the quorum, or a registered node, is reached by other nodes.
    ///
    /// @throws NoSuchElementException nobody has said where it is
    public PeerAddress addressOf(int nodeId) {
        var node = image().node(nodeId);
        if (node != null && node.clusterAddress() != null) {
            return new PeerAddress(node.clusterAddress().host(), node.clusterAddress().port());
        }
        var members = lives.node().division().getRaftConf();
        var id =
                Stream.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)
                        .flatMap(role -> members.getAllPeers(role).stream())
                        .map(RaftPeer::getId)
                        .filter(peer -> PeerIds.nodeId(peer) == nodeId)
                        .findFirst();
        return addresses.of(id.orElseThrow());
    }

    /// The quorum as its leader knows it, or as this node does where no leader answers.
    public CompletableFuture<QuorumStatus> describe() {
        var open = peers;
        var node = lives.node();
        var leader = node.leader();
        if (open == null || leader == null || leader.equals(node.id())) {
            return CompletableFuture.completedFuture(status());
        }
        try {
            return open.statusAt(leader).exceptionally(_ -> status());
        } catch (NoSuchElementException nobodyKnowsWhere) {
            return CompletableFuture.completedFuture(status());
        }
    }

    /// The quorum as this node knows it: of the others a node that does not lead knows little.
    public QuorumStatus status() {
        return StatusReport.of(lives.node().division(), System.currentTimeMillis());
    }

    /// Others ask as soon as the port is open, which may be before this node takes part.
    private Optional<QuorumStatus> statusForOthers() {
        return Optional.ofNullable(lives.current()).map(_ -> status());
    }

    /// Why the quorum cannot go on, if it cannot.
    Optional<String> failed() {
        return failure.reason();
    }

    /// Registers who is told, in one sentence, that the quorum cannot go on: the process must then
    /// stop, for nothing can be changed any more. Told at once if it has happened already.
    public void onFailure(Consumer<String> fatal) {
        failure.listen(fatal);
    }

    /// Stops without a snapshot; everything acknowledged is already durable. If this node leads, it
    /// hands the leadership over first.
    @Override
    public void close() {
        if (lives.current() != null) {
            handOver().join();
        }
        failure.closing();
        submitter.stop("the metadata quorum is closed");
        applied.stop("the metadata quorum is closed");
        var open = peers;
        if (open != null) {
            open.close();
        }
        try (directory) {
            lives.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("the metadata quorum did not close", failed);
        }
    }
}
