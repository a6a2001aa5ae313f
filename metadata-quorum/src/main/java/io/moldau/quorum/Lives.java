package io.moldau.quorum;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ratis's lives in this process. Mostly there is one; but Ratis does not come to terms with a
/// voter that becomes a listener, and ends itself at the next change of leaders. Such a node starts
/// it over, and nobody outside notices.
final class Lives implements Outlets.Standing {
    private static final Logger LOGGER = LoggerFactory.getLogger(Lives.class);

    /// Ratis says why it has ended only when all of it has.
    private static final long REASON_MS = 2_500;

    private final QuorumConfig config;
    private final QuorumDirectory directory;
    private final RaftLink link;
    private final Failure failure;
    private final Addresses addresses;
    private final AtomicBoolean checking = new AtomicBoolean();
    private @Nullable Outlets outlets;
    private volatile @Nullable RaftNode current;
    private volatile boolean closing;
    private volatile boolean restarting;
    private volatile boolean wasDismissed;

    Lives(
            QuorumConfig config,
            QuorumDirectory directory,
            RaftLink link,
            Failure failure,
            Addresses addresses) {
        this.config = config;
        this.directory = directory;
        this.link = link;
        this.failure = failure;
        this.addresses = addresses;
    }

    synchronized void begin(Outlets told) throws IOException {
        outlets = told;
        current = RaftNode.start(config, directory, link, told);
        membershipChanged();
    }

    /// `null` before the start and while it is started over.
    @Nullable RaftNode current() {
        return restarting ? null : current;
    }

    /// The last one there was.
    RaftNode node() {
        return Objects.requireNonNull(current, "the quorum has not started");
    }

    Route localLog() {
        var node = current();
        return node == null ? Lives::refuse : node.log();
    }

    private static CompletableFuture<Long> refuse(Message entry) {
        return CompletableFuture.failedFuture(
                new QuorumUnavailableException("this node's quorum is starting over"));
    }

    @Override
    public void committed() {
        link.tellCommitted();
    }

    /// Told by Ratis while it holds its locks, thus looked at by another thread.
    @Override
    public void membershipChanged() {
        if (checking.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("quorum-membership")
                    .start(() -> {
                        checking.set(false);
                        lookAtMembership();
                    });
        }
    }

    private synchronized void lookAtMembership() {
        var node = current;
        if (node == null || closing) {
            return;
        }
        var membership = node.division().getRaftConf();
        addresses.membership(membership);
        if (!membership.getPreviousPeers().isEmpty()) {
            return; // On its way from one membership to the next.
        }
        try {
            directory.remember(
                    membership.getCurrentPeers().stream().map(Member::of).toList(),
                    membership.getAllPeers(RaftPeerRole.LISTENER).stream()
                            .map(Member::of)
                            .toList());
        } catch (IOException failed) {
            LOGGER.atWarn().setCause(failed).log("could not note the members of the quorum");
        }
        boolean listens = membership.getPeer(node.id(), RaftPeerRole.LISTENER) != null;
        // A leader that went before the others have its last entry would leave them between two
        // memberships. Told again when it is committed.
        boolean committed =
                membership.getLogEntryIndex()
                        <= node.division().getRaftLog().getLastCommittedIndex();
        if (listens && committed && !node.division().getInfo().isListener()) {
            startOver(node);
        }
    }

    private void startOver(RaftNode node) {
        LOGGER.atInfo().log("this node votes no more; its quorum starts over as a listener");
        restarting = true;
        try {
            node.close();
            current =
                    RaftNode.start(
                            config, directory, link, Objects.requireNonNull(outlets, "outlets"));
        } catch (IOException | RuntimeException failed) {
            failure.report(
                    "The metadata quorum could not start over as a listener (%s): start the node again."
                            .formatted(failed.getMessage()));
        } finally {
            restarting = false;
        }
    }

    @Override
    public void ended(boolean dismissed) {
        if (closing || restarting) {
            return;
        }
        wasDismissed |= dismissed;
        Executor later =
                CompletableFuture.delayedExecutor(
                        dismissed ? 0 : REASON_MS,
                        TimeUnit.MILLISECONDS,
                        task -> Thread.ofVirtual().name("quorum-ended").start(task));
        later.execute(this::lookAtTheEnd);
    }

    private synchronized void lookAtTheEnd() {
        var node = current;
        if (node == null || closing || node.division().getInfo().isAlive()) {
            return;
        }
        var membership = node.division().getRaftConf();
        if (membership.getPeer(node.id(), RaftPeerRole.LISTENER) != null) {
            startOver(node);
        } else if (wasDismissed || membership.getPeer(node.id(), RaftPeerRole.FOLLOWER) == null) {
            failure.report("This node was removed from the cluster's metadata quorum.");
        } else {
            failure.report("The metadata quorum has closed itself: start the node again.");
        }
    }

    void close() throws IOException {
        closing = true;
        RaftNode node;
        synchronized (this) {
            node = current;
        }
        if (node != null) {
            node.close();
        }
    }
}
