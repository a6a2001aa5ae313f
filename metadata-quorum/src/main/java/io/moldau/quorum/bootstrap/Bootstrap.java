package io.moldau.quorum.bootstrap;

import io.grpc.StatusRuntimeException;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.proto.membership.Admitted;
import io.moldau.proto.membership.JoinRequest;
import io.moldau.proto.membership.MembershipGrpc;
import io.moldau.quorum.bootstrap.Remembered.Place;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds a node its place: asks the others again and again, and does what [Gathering] makes of it.
///
/// One thread asks, hears and decides; the service that answers others reads what it last had to
/// say.
public final class Bootstrap {
    private static final Logger LOGGER = LoggerFactory.getLogger(Bootstrap.class);
    private static final long ASK_INTERVAL_MS = 25;
    private static final long ANSWER_TIMEOUT_MS = 1_000;
    private static final long JOIN_TIMEOUT_MS = 20_000;
    private static final long REPORT_AFTER_MS = 1_000;
    private static final long REPORT_INTERVAL_MS = 10_000;

    private final Path directory;
    private final Remembered remembered;
    private final Asked asked;
    private final PeerChannels channels;
    private final Greeter greeter;
    private final Gathering gathering;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Set<PeerAddress> underWay = new HashSet<>();
    private volatile Greeting greeting;
    private long reportAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REPORT_AFTER_MS);
    private String reported = "";

    /// What the operator asks of the node.
    ///
    /// @param nodeId empty to be given one
    /// @param clusterId empty for any
    /// @param address under which others reach it, where the settings tell
    /// @param port on which its port for other nodes is bound
    /// @param named `cluster.join`
    public record Asked(
            OptionalInt nodeId,
            Optional<String> clusterId,
            Optional<PeerAddress> address,
            int port,
            List<PeerAddress> named) {}

    private sealed interface Event {
        record Replied(PeerAddress address, Greeter.Reply reply) implements Event {}

        record Called(PeerAddress name) implements Event {}
    }

    /// @param remembered what `directory` holds; without a place
    public Bootstrap(Path directory, Remembered remembered, Asked asked, PeerChannels channels) {
        this.directory = directory;
        this.remembered = remembered;
        this.asked = asked;
        this.channels = channels;
        this.greeter = new Greeter(channels);
        this.gathering =
                new Gathering(
                        new Gathering.Self(
                                remembered.directoryId(),
                                asked.nodeId(),
                                asked.clusterId(),
                                asked.address(),
                                Uuid.randomUuid().toString()),
                        asked.named());
        this.greeting = gathering.greeting();
    }

    /// What the node says of itself until it has a place.
    public Greeting greet(Optional<PeerAddress> calledAs) {
        calledAs.ifPresent(name -> events.add(new Event.Called(name)));
        return greeting;
    }

    /// Returns once the node has a place, and that is written down.
    ///
    /// @throws BootstrapException it cannot have one
    public Remembered settle() {
        try {
            while (true) {
                askThoseThatAreIdle();
                var place = placeAfter(events.poll(ASK_INTERVAL_MS, TimeUnit.MILLISECONDS));
                if (place.isPresent()) {
                    var settled = remembered.with(place.get());
                    settled.write(directory);
                    return settled;
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new BootstrapException(false, "the search for the cluster was cut short");
        }
    }

    private void askThoseThatAreIdle() {
        for (var address : asked.named()) {
            if (underWay.add(address)) {
                var _ =
                        greeter.ask(address, ANSWER_TIMEOUT_MS)
                                .thenAccept(reply -> events.add(new Event.Replied(address, reply)));
            }
        }
    }

    private Optional<Place> placeAfter(@Nullable Event event) throws InterruptedException {
        var place =
                switch (event) {
                    case null -> Optional.<Place>empty();
                    case Event.Called(var name) -> {
                        gathering.called(name);
                        yield Optional.<Place>empty();
                    }
                    case Event.Replied(var address, var reply) -> {
                        underWay.remove(address);
                        yield act(hear(address, reply));
                    }
                };
        greeting = gathering.greeting();
        return place;
    }

    private Verdict hear(PeerAddress address, Greeter.Reply reply) {
        return switch (reply) {
            case Greeter.Reply.Answered(var said) -> gathering.answered(address, said);
            case Greeter.Reply.Unanswered(var why) -> gathering.unanswered(address, why);
        };
    }

    private Optional<Place> act(Verdict verdict) throws InterruptedException {
        return switch (verdict) {
            case Verdict.KeepAsking(var why) -> {
                report(why);
                yield Optional.empty();
            }
            case Verdict.Found(var formation) -> Optional.of(voterIn(formation));
            case Verdict.Belong(var formation, _) -> Optional.of(voterIn(formation));
            case Verdict.Join(var clusterId, var via) -> join(clusterId, via);
            case Verdict.Refuse(var otherCluster, var sentence) ->
                    throw new BootstrapException(otherCluster, sentence);
        };
    }

    private Place voterIn(Formation formation) {
        var self = formation.voter(remembered.directoryId()).orElseThrow();
        return new Place(self.nodeId(), formation, formation.voters(), self.address());
    }

    private Optional<Place> join(String clusterId, PeerAddress via) throws InterruptedException {
        var own = ownAddress(via);
        var request =
                JoinRequest.newBuilder()
                        .setClusterId(clusterId)
                        .setDirectoryId(Wire.of(remembered.directoryId()))
                        .setAddress(Wire.of(own));
        asked.nodeId().ifPresent(request::setNodeId);
        try {
            var response =
                    MembershipGrpc.newBlockingStub(channels.to(via))
                            .withDeadlineAfter(JOIN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                            .joinCluster(request.build());
            return switch (response.getResultCase()) {
                case ADMITTED -> Optional.of(place(response.getAdmitted(), own));
                case REFUSED -> throw new BootstrapException(false, response.getRefused());
                case NOT_NOW, RESULT_NOT_SET -> notNow(response.getNotNow());
            };
        } catch (StatusRuntimeException gone) {
            return notNow("the node at %s does not answer any more".formatted(via));
        }
    }

    private static Place place(Admitted admitted, PeerAddress own) {
        return new Place(
                admitted.getNodeId(),
                Wire.from(admitted.getFormation()),
                Wire.from(admitted.getVotersList()),
                own);
    }

    private Optional<Place> notNow(String why) throws InterruptedException {
        report(why);
        TimeUnit.MILLISECONDS.sleep(ASK_INTERVAL_MS);
        return Optional.empty();
    }

    /// A node that nobody named, and whose settings do not tell, is reached where its connection to
    /// the others comes from.
    private PeerAddress ownAddress(PeerAddress via) {
        return gathering
                .ownAddress()
                .orElseGet(() -> new PeerAddress(localHostTowards(via), asked.port()));
    }

    private static String localHostTowards(PeerAddress via) {
        try (var socket = new DatagramSocket()) {
            // Sends nothing: it only asks the system for the way.
            socket.connect(new InetSocketAddress(via.host(), via.port()));
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException | java.io.UncheckedIOException noWay) {
            LOGGER.atDebug().setCause(noWay).log("no way to the other node");
            return "127.0.0.1";
        }
    }

    private void report(String why) {
        long now = System.nanoTime();
        boolean isNew = !why.equals(reported) && now - reportAtNanos >= 0;
        if (isNew || now - reportAtNanos >= TimeUnit.MILLISECONDS.toNanos(REPORT_INTERVAL_MS)) {
            LOGGER.atInfo().addKeyValue("reason", why).log("waiting for the cluster");
            reported = why;
            reportAtNanos = now + TimeUnit.MILLISECONDS.toNanos(REPORT_AFTER_MS);
        }
    }
}
