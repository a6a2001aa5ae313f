package io.moldau.quorum;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataState;
import io.moldau.metadata.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Thread.State;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;

/// This node's part of the metadata quorum.
///
/// **Durability.** A command is written to the log of every voter, and a majority has synced it to
/// disk (`FileChannel.force`), before it is applied and its future completes: it survives the end
/// of the process and of the power. Commands that wait together share an entry and its sync. Ratis
/// is left to sync each write; none of its settings that would relax that is used.
public final class MetadataQuorum implements AutoCloseable {
    private static final long START_TIMEOUT_MS = 30_000;
    private static final Duration WAKE_INTERVAL = Duration.ofMillis(50);

    private final QuorumDirectory directory;
    private final MetadataState state;
    private final Board board;
    private final Failure failure;
    private final RaftServer server;
    private final RaftServer.Division division;
    private final Submitter submitter;

    private MetadataQuorum(
            QuorumDirectory directory,
            MetadataState state,
            Board board,
            Failure failure,
            RaftServer server,
            RaftServer.Division division) {
        this.directory = directory;
        this.state = state;
        this.board = board;
        this.failure = failure;
        this.server = server;
        this.division = division;
        this.submitter =
                new Submitter((RaftClientAsynchronousProtocol) division, division.getMemberId());
    }

    /// Opens or creates the node's part of the quorum; returns when it leads and has applied all
    /// that was acknowledged before.
    ///
    /// @throws QuorumStartException the data cannot be used, with one sentence that says why and
    ///   what to do
    public static MetadataQuorum start(QuorumConfig config) {
        warmUp();
        keepTheProcessOurs();
        QuorumDirectory directory;
        try {
            directory = QuorumDirectory.open(config);
        } catch (IOException failed) {
            throw cannotUse(config, failed);
        }
        try {
            var quorum = open(config, directory);
            quorum.lead(config);
            return quorum;
        } catch (IOException | RuntimeException failed) {
            closeQuietly(directory, failed);
            throw failed instanceof QuorumStartException refusal
                    ? refusal
                    : cannotUse(config, failed);
        }
    }

    /// A fifth of a cold start is the JVM's management beans, which Ratis registers with, and the
    /// message classes: they are set up beside the rest.
    private static void warmUp() {
        Thread.ofPlatform()
                .name("quorum-warm-up")
                .daemon(true)
                .start(() -> {
                    ManagementFactory.getPlatformMBeanServer();
                    Batch.decode(ByteString.EMPTY);
                });
    }

    /// Ratis would end the process itself, and takes over what becomes of uncaught exceptions in
    /// all of it. Both are for the process to judge.
    private static void keepTheProcessOurs() {
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    private static MetadataQuorum open(QuorumConfig config, QuorumDirectory directory)
            throws IOException {
        var restored = directory.restore();
        var board = new Board();
        var failure = new Failure();
        var machine = new QuorumStateMachine(restored.state(), restored.snapshot(), board, failure);
        var groupId = RaftGroupId.valueOf(directory.identity().groupId());
        var server =
                RaftServer.newBuilder()
                        .setServerId(RaftPeerId.valueOf(Integer.toString(config.nodeId())))
                        .setGroup(RaftGroup.valueOf(groupId, self(config)))
                        .setStateMachine(machine)
                        .setProperties(RatisSettings.of(config))
                        // Formats what is not there yet.
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .build();
        try {
            server.start();
            var division = server.getDivision(groupId);
            await(machine.leaderReady(), "become the leader");
            return new MetadataQuorum(
                    directory, restored.state(), board, failure, server, division);
        } catch (IOException | RuntimeException failed) {
            failure.closing();
            closeQuietly(server, failed);
            throw failed;
        }
    }

    private static RaftPeer self(QuorumConfig config) {
        var peer = RaftPeer.newBuilder().setId(Integer.toString(config.nodeId()));
        return config.listen() == null ? peer.build() : peer.setAddress(config.listen()).build();
    }

    /// The first command: when it is decided, so is all that was in the log before.
    private void lead(QuorumConfig config) {
        failure.listen(submitter::stop);
        try {
            var clusterId = directory.identity().clusterId();
            var outcome =
                    await(submit(new MetadataCommand.NameCluster(clusterId)), "apply its log");
            if (outcome instanceof Outcome.Refused refused) {
                throw new QuorumStartException(
                        "The metadata in %s belongs elsewhere: %s"
                                .formatted(config.dir(), refused.message()));
            }
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private static <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(START_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException failed) {
            throw new QuorumStartException(
                    "The metadata quorum could not %s within %d s."
                            .formatted(what, START_TIMEOUT_MS / 1000),
                    failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new QuorumStartException(
                    "The start of the metadata quorum was cut short.", stopped);
        }
    }

    private static QuorumStartException cannotUse(QuorumConfig config, Exception failed) {
        var root = rootOf(failed);
        var listen = config.listen();
        if (listen != null && String.valueOf(root.getMessage()).contains("bind")) {
            return new QuorumStartException(
                    ("The metadata quorum cannot listen on %s:%d: stop what does, or choose another"
                                    + " port.")
                            .formatted(listen.getHostString(), listen.getPort()),
                    failed);
        }
        return new QuorumStartException(
                "The metadata quorum cannot start in %s: %s."
                        .formatted(config.dir(), root.getMessage()),
                failed);
    }

    private static Throwable rootOf(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static void closeQuietly(AutoCloseable closeable, Exception because) {
        try {
            closeable.close();
        } catch (Exception alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }

    /// Replicates `command` and decides it. Commands that wait at the same time share one log
    /// entry; they are decided in the order in which they were submitted.
    ///
    /// The future completes on the apply thread: what depends on it must be quick, or go elsewhere.
    /// When it completes the command is durable, and its effect is visible in [#image()] and
    /// [#offsets()]. It fails with [QuorumUnavailableException].
    public CompletableFuture<Outcome> submit(MetadataCommand command) {
        return submitter.submit(command);
    }

    /// The newest image. Never `null`, and never without a cluster id.
    public ClusterImage image() {
        return board.image();
    }

    public CommittedOffsets offsets() {
        return state.offsets();
    }

    /// Registers a listener for later images.
    public void onPublished(ImageListener listener) {
        board.listen(listener);
    }

    public QuorumStatus status() {
        return StatusReport.of(division, directory.identity(), System.currentTimeMillis());
    }

    /// Registers who is told, in one sentence, that the quorum cannot go on: the process must then
    /// stop, for nothing can be changed any more. Told at once if it has happened already.
    public void onFailure(Consumer<String> fatal) {
        failure.listen(fatal);
    }

    /// Stops without a snapshot; everything acknowledged is already durable.
    @Override
    public void close() {
        failure.closing();
        submitter.stop("the metadata quorum is closed");
        try (directory) {
            closeServer();
        } catch (IOException failed) {
            throw new UncheckedIOException("the metadata quorum did not close", failed);
        }
    }

    /// Ratis's log writer looks only once a second whether it is to stop, and closing waits for it.
    /// An interrupt ends it at once, where it waits for work; what it writes just now it may
    /// finish.
    private void closeServer() throws IOException {
        var failed = new AtomicReference<@Nullable IOException>();
        var closer =
                Thread.ofPlatform()
                        .name("quorum-close")
                        .daemon(true)
                        .start(() -> {
                            try {
                                server.close();
                            } catch (IOException failure) {
                                failed.set(failure);
                            }
                        });
        try {
            while (!closer.join(WAKE_INTERVAL)) {
                wakeLogWriter();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (failed.get() != null) {
            throw failed.get();
        }
    }

    private void wakeLogWriter() {
        var name = division.getMemberId() + "-SegmentedRaftLogWorker";
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(name) && thread.getState() == State.TIMED_WAITING) {
                thread.interrupt();
            }
        }
    }
}
