package io.moldau.quorum;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataState;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.QuorumDirectory.SnapshotFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shell around [MetadataState]: log entries go in, images come out.
///
/// [#applyTransaction], [#takeSnapshot] and [#notifyTermIndexUpdated] run on Ratis's one apply
/// thread.
final class QuorumStateMachine extends BaseStateMachine {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuorumStateMachine.class);
    private static final long SNAPSHOT_TIMEOUT_MS = 10_000;

    private final MetadataState state;
    private final @Nullable SnapshotFile restoredFrom;
    private final Board board;
    private final Failure failure;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final CompletableFuture<Void> leaderReady = new CompletableFuture<>();
    private final ClientId snapshotClient = ClientId.randomId();
    private long bytesSinceSnapshot;
    private long snapshotsAsked;

    QuorumStateMachine(
            MetadataState state,
            @Nullable SnapshotFile restoredFrom,
            Board board,
            Failure failure) {
        this.state = state;
        this.restoredFrom = restoredFrom;
        this.board = board;
        this.failure = failure;
    }

    /// Completes once this node leads and may take commands.
    CompletableFuture<Void> leaderReady() {
        return leaderReady;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
            throws IOException {
        super.initialize(server, groupId, raftStorage);
        storage.init(raftStorage);
        if (restoredFrom != null) {
            setLastAppliedTermIndex(TermIndex.valueOf(restoredFrom.term(), restoredFrom.index()));
        }
        board.publish(state.image());
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
                .setStateMachineContext(request.getMessage())
                .build();
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        try {
            if (transaction.getStateMachineContext() instanceof Batch batch) {
                apply(batch, entry);
            } else {
                apply(Batch.decode(entry.getStateMachineLogEntry().getLogData()), entry);
            }
        } catch (RuntimeException | Error broken) {
            // Going on would leave this node with another state than the others.
            failure.report(
                    "The metadata log entry at index %d cannot be applied: %s."
                            .formatted(entry.getIndex(), broken));
            throw broken;
        }
        bytesSinceSnapshot += entry.getStateMachineLogEntry().getLogData().size();
        if (bytesSinceSnapshot > RatisSettings.SNAPSHOT_BYTES) {
            askForSnapshot();
        }
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    private void apply(List<MetadataCommand> commands, LogEntryProto entry) {
        commands.forEach(state::apply);
        reached(entry);
    }

    /// Outcomes are told only after all of the entry is visible.
    private void apply(Batch batch, LogEntryProto entry) {
        var submissions = batch.submissions();
        var outcomes = new ArrayList<Outcome>(submissions.size());
        for (var submission : submissions) {
            outcomes.add(state.apply(submission.command()));
        }
        reached(entry);
        for (int i = 0; i < outcomes.size(); i++) {
            submissions.get(i).future().complete(outcomes.get(i));
        }
    }

    private void reached(LogEntryProto entry) {
        state.reached(entry.getIndex());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        board.publish(state.image());
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
        storage.updateLatestSnapshot(SnapshotFiles.write(state, reached, storage));
        bytesSinceSnapshot = 0;
        return reached.getIndex();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        board.controller(Integer.parseInt(leader.toString()));
    }

    @Override
    public void notifyLeaderReady() {
        leaderReady.complete(null);
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        failure.report(
                "The metadata log cannot be written (%s): see to the disk, then start again."
                        .formatted(cause.getMessage()));
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        failure.report("The metadata quorum has shut itself down: start the node again.");
    }

    @Override
    public void close() {
        failure.report("The metadata quorum has closed itself: start the node again.");
    }
}
