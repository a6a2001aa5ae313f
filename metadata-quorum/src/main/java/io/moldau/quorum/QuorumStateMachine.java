package io.moldau.quorum;

import io.moldau.metadata.MetadataState;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.Batch.Part;
import io.moldau.quorum.QuorumDirectory.Restored;
import io.moldau.quorum.QuorumDirectory.SnapshotFile;
import io.moldau.quorum.SnapshotFiles.SnapshotContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shell around [MetadataState]: log entries go in, images come out.
///
/// [#applyTransaction], [#takeSnapshot], [#notifyTermIndexUpdated] and [#reinitialize] run on
/// Ratis's one apply thread.
final class QuorumStateMachine extends BaseStateMachine {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuorumStateMachine.class);
    private static final long SNAPSHOT_TIMEOUT_MS = 10_000;
    private static final Outcome REACHED = new Outcome.Done();

    private record Decision(Submission submission, Outcome outcome) {}

    private final @Nullable SnapshotFile restoredFrom;
    private final Outlets outlets;
    private final SimpleStateMachineStorage storage = new SnapshotStorage();
    private final CompletableFuture<Void> leaderReady = new CompletableFuture<>();
    private final ClientId snapshotClient = ClientId.randomId();
    private MetadataState state;
    private Ledger ledger;
    private long bytesSinceSnapshot;
    private long snapshotsAsked;

    QuorumStateMachine(Restored restored, Outlets outlets) {
        this.state = restored.content().state();
        this.ledger = restored.content().ledger();
        this.restoredFrom = restored.snapshot();
        this.outlets = outlets;
    }

    /// Completes once this node leads for the first time and may take commands.
    CompletableFuture<Void> leaderReady() {
        return leaderReady;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
            throws IOException {
        super.initialize(server, groupId, raftStorage);
        getLifeCycle().startAndTransition(() -> storage.init(raftStorage), IOException.class);
        if (restoredFrom != null) {
            setLastAppliedTermIndex(TermIndex.valueOf(restoredFrom.term(), restoredFrom.index()));
            outlets.applied().reached(restoredFrom.index());
        }
        outlets.board().publish(state);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        var content = entry.getStateMachineLogEntry().getLogData();
        try {
            apply(content, entry);
        } catch (RuntimeException | Error broken) {
            // Going on would leave this node with another state than the others.
            outlets.failure()
                    .report(
                            "The metadata log entry at index %d cannot be applied: %s."
                                    .formatted(entry.getIndex(), broken));
            throw broken;
        }
        bytesSinceSnapshot += content.size();
        if (bytesSinceSnapshot > RatisSettings.SNAPSHOT_BYTES) {
            askForSnapshot();
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    /// Outcomes are told only after all of the entry is visible.
    private void apply(ByteString content, LogEntryProto entry) {
        var parts = Batch.parts(content);
        var taken = new ArrayList<Part>(parts.size());
        var decisions = new ArrayList<Decision>();
        for (var part : parts) {
            if (ledger.take(part.submitter(), part.sequence())) {
                taken.add(part);
                decide(part, decisions);
            }
        }
        reached(entry);
        for (var decision : decisions) {
            decision.submission().future().complete(decision.outcome());
        }
        outlets.submitter().applied(entry.getIndex(), taken);
    }

    private void decide(Part part, List<Decision> decisions) {
        var own = outlets.submitter().own(part.submitter(), part.sequence());
        if (own == null) {
            part.commands().forEach(state::apply);
            return;
        }
        for (var submission : own.submissions()) {
            var command = submission.command();
            var outcome = command == null ? REACHED : state.apply(command);
            decisions.add(new Decision(submission, outcome));
        }
    }

    private void reached(LogEntryProto entry) {
        state.reached(entry.getIndex());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        outlets.board().publish(state);
        outlets.applied().reached(entry.getIndex());
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        outlets.applied().reached(index);
        outlets.standing().committed();
    }

    /// Ratis counts entries; large ones fill the log folder before there are many.
    private void askForSnapshot() {
        bytesSinceSnapshot = 0;
        var server = getServer().join();
        var request =
                SnapshotManagementRequest.newCreate(
                        snapshotClient,
                        server.getId(),
                        getGroupId(),
                        ++snapshotsAsked,
                        SNAPSHOT_TIMEOUT_MS,
                        1);
        var _ =
                server.snapshotManagementAsync(request)
                        .exceptionally(refused -> {
                            LOGGER.atWarn().setCause(refused).log("no snapshot was taken");
                            return null;
                        });
    }

    @Override
    public long takeSnapshot() throws IOException {
        var reached = getLastAppliedTermIndex();
        if (reached.getIndex() < 0) {
            return -1;
        }
        state.reached(reached.getIndex());
        var content = new SnapshotContent(state, ledger);
        storage.updateLatestSnapshot(SnapshotFiles.write(content, reached, storage));
        bytesSinceSnapshot = 0;
        return reached.getIndex();
    }

    /// A snapshot is about to come from the leader.
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /// The leader's log does not reach back to where this node stopped: it goes on from the
    /// snapshot that the leader has sent.
    @Override
    public void reinitialize() throws IOException {
        var latest = storage.loadLatestSnapshot();
        if (latest == null) {
            throw new IOException("the snapshot that the leader sent is not there");
        }
        var content = SnapshotFiles.settle(latest.getFile().getPath());
        state = content.state();
        ledger = content.ledger();
        var reached = latest.getTermIndex();
        setLastAppliedTermIndex(reached);
        LOGGER.atInfo()
                .addKeyValue("index", reached.getIndex())
                .log("took over a metadata snapshot from the leader");
        state.reached(reached.getIndex());
        outlets.board().publish(state);
        outlets.applied().reached(reached.getIndex());
        outlets.submitter().jumped(reached.getIndex(), ledger);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        int nodeId = PeerIds.nodeId(leader);
        outlets.board().controller(nodeId);
        outlets.leadership().changed(term(), nodeId, false);
    }

    @Override
    public void notifyLeaderReady() {
        leaderReady.complete(null);
        int self = PeerIds.nodeId(getServer().join().getId());
        outlets.leadership().changed(term(), self, true);
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        outlets.leadership().changed(term(), Leadership.NOBODY, false);
    }

    private long term() {
        try {
            return getServer().join().getDivision(getGroupId()).getInfo().getCurrentTerm();
        } catch (IOException gone) {
            throw new UncheckedIOException("the quorum's division is gone", gone);
        }
    }

    @Override
    public void notifyConfigurationChanged(
            long term, long index, RaftConfigurationProto membership) {
        outlets.standing().membershipChanged();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        outlets.failure()
                .report(
                        "The metadata log cannot be written (%s): see to the disk, then start again."
                                .formatted(cause.getMessage()));
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        outlets.standing().ended(true);
    }

    @Override
    public void close() {
        outlets.standing().ended(false);
    }
}
