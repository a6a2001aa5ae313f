package io.moldau.quorum;

import java.io.IOException;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/// One life of Ratis in this process: its server, and in it the one group that there is.
final class RaftNode {
    private static final Duration WAKE_INTERVAL = Duration.ofMillis(50);

    private final RaftServer server;
    private final RaftServer.Division division;
    private final QuorumStateMachine machine;
    private final RaftLink link;
    private final Route log;

    private RaftNode(
            RaftServer server,
            RaftServer.Division division,
            QuorumStateMachine machine,
            RaftLink link) {
        this.link = link;
        this.server = server;
        this.division = division;
        this.machine = machine;
        this.log =
                new GatheredLog(
                        new LocalLog(division),
                        () -> division.getRaftLog().getLastCommittedIndex(),
                        link::tellCommitted);
    }

    /// Starts from what is on disk.
    static RaftNode start(
            QuorumConfig config, QuorumDirectory directory, RaftLink link, Outlets outlets)
            throws IOException {
        var machine = new QuorumStateMachine(directory.restore(), outlets);
        var identity = directory.identity();
        var groupId = RaftGroupId.valueOf(identity.groupId());
        var self = PeerIds.of(identity.nodeId(), identity.directoryId());
        var members = directory.members();
        var parameters = new Parameters();
        parameters.put(RaftTransport.LINK, link, RaftLink.class);
        var server =
                RaftServer.newBuilder()
                        .setServerId(self)
                        .setGroup(RaftGroup.valueOf(groupId, members))
                        .setStateMachine(machine)
                        .setProperties(RatisSettings.of(config, isAlone(members, self)))
                        .setParameters(parameters)
                        // Formats what is not there yet.
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .build();
        try {
            server.start();
            return new RaftNode(server, server.getDivision(groupId), machine, link);
        } catch (IOException | RuntimeException failed) {
            try {
                server.close();
            } catch (IOException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private static boolean isAlone(List<RaftPeer> members, RaftPeerId self) {
        return members.stream().allMatch(peer -> peer.getId().equals(self));
    }

    RaftServer server() {
        return server;
    }

    RaftServer.Division division() {
        return division;
    }

    QuorumStateMachine machine() {
        return machine;
    }

    Route log() {
        return log;
    }

    RaftPeerId id() {
        return division.getId();
    }

    @Nullable RaftPeerId leader() {
        return division.getInfo().getLeaderId();
    }

    /// Whether this node leads, and has applied all that was acknowledged before it did.
    boolean leads() {
        return division.getInfo().isLeader() && division.getInfo().isLeaderReady();
    }

    /// Ratis's log writer looks only once a second whether it is to stop, and closing waits for it.
    /// An interrupt ends it at once, where it waits for work; what it writes just now it may
    /// finish.
    void close() throws IOException {
        // It would refuse what the others ask meanwhile all the same, and complain of each.
        link.stopServing(server);
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
