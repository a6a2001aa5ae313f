package io.moldau.quorum.bootstrap;

import io.grpc.StatusRuntimeException;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.proto.membership.JoinRequest;
import io.moldau.proto.membership.MembershipGrpc;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node that was promised a place takes it: it asks the members, one after the other and until
/// one of them has done so, to be made a member. It does that in its own time, for its part of the
/// quorum catches up only once it is one.
public final class Arrival implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Arrival.class);
    private static final long ANSWER_TIMEOUT_MS = 20_000;
    private static final long PAUSE_MS = 100;

    private final Peer self;
    private final String clusterId;
    private final List<PeerAddress> members;
    private final PeerChannels channels;
    private final Consumer<String> refused;
    private final Thread thread;

    private Arrival(
            Peer self,
            String clusterId,
            List<PeerAddress> members,
            PeerChannels channels,
            Consumer<String> refused) {
        this.self = self;
        this.clusterId = clusterId;
        this.members = members;
        this.channels = channels;
        this.refused = refused;
        this.thread = Thread.ofVirtual().name("arrival").unstarted(this::arrive);
    }

    /// @param named `cluster.join`, asked besides those that voted when the place was promised
    /// @param refused told in one sentence that the node has no place after all
    public static Arrival of(
            Peer self,
            Remembered.Place place,
            List<PeerAddress> named,
            PeerChannels channels,
            Consumer<String> refused) {
        var members = new LinkedHashSet<PeerAddress>();
        place.voters().forEach(voter -> members.add(voter.address()));
        members.addAll(named);
        members.remove(self.address());
        var arrival = new Arrival(self, place.clusterId(), List.copyOf(members), channels, refused);
        arrival.thread.start();
        return arrival;
    }

    private void arrive() {
        var request =
                JoinRequest.newBuilder()
                        .setClusterId(clusterId)
                        .setDirectoryId(Wire.of(self.directoryId()))
                        .setNodeId(self.nodeId())
                        .setAddress(Wire.of(self.address()))
                        .setReady(true)
                        .build();
        try {
            // The quorum's part starts just now, and whoever asks too early is asked back in vain.
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            while (!members.isEmpty()) {
                for (var member : members) {
                    if (isDone(request, member)) {
                        return;
                    }
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDone(JoinRequest request, PeerAddress member) {
        try {
            var response =
                    MembershipGrpc.newBlockingStub(channels.to(member))
                            .withDeadlineAfter(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                            .joinCluster(request);
            return switch (response.getResultCase()) {
                case ADMITTED -> true;
                case REFUSED -> {
                    refused.accept(response.getRefused());
                    yield true;
                }
                case NOT_NOW, RESULT_NOT_SET -> {
                    LOGGER.atDebug().addKeyValue("reason", response.getNotNow()).log("not yet in");
                    yield false;
                }
            };
        } catch (StatusRuntimeException silent) {
            LOGGER.atDebug().addKeyValue("member", member).setCause(silent).log("no answer");
            return false;
        }
    }

    /// Stops asking.
    @Override
    public void close() {
        thread.interrupt();
    }
}
