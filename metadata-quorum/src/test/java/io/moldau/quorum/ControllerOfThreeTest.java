package io.moldau.quorum;

import static io.moldau.quorum.TestCluster.PATIENCE;
import static io.moldau.quorum.TestCluster.decided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.PartitionImage;
import io.moldau.quorum.controller.ControllerSettings;
import io.moldau.quorum.session.Controller;
import io.moldau.quorum.session.NodeSession;
import io.moldau.quorum.session.Registration;
import io.moldau.quorum.session.SessionService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes with sessions, over real sockets and in one process.
class ControllerOfThreeTest {
    private static final ControllerSettings SETTINGS = ControllerSettings.DEFAULTS;

    /// Well below the session time-out: the break itself must have been noticed.
    private static final Duration AT_ONCE = Duration.ofMillis(SETTINGS.sessionTimeoutMs() - 500);

    @TempDir Path temp;

    private final Map<Integer, NodeSession> sessions = new HashMap<>();
    private final Map<Integer, Controller> controllers = new HashMap<>();
    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(temp).founded(3);
        TestCluster.each(cluster.running(), node -> join(node, true));
        var controller = cluster.leader();
        awaitImage(controller, image -> image.nodes().size() == 3);
        for (int id = 1; id <= 3; id++) {
            awaitEligible(controller, id);
        }
        var created =
                new CreateTopic(
                        "t",
                        Images.id(1),
                        -1,
                        (short) -1,
                        List.of(List.of(1, 2, 3), List.of(2, 3, 1), List.of(3, 1, 2)),
                        Map.of(),
                        0);
        decided(controller, created);
    }

    @AfterEach
    void stop() {
        sessions.values().forEach(NodeSession::close);
        controllers.values().forEach(Controller::close);
        cluster.close();
    }

    private void join(TestCluster.Node node, boolean clean) {
        var controller = Controller.open(node.quorum(), node.id, node::channels, SETTINGS);
        var service = new SessionService(controller, () -> node.quorum().image().clusterId());
        node.server().serve(service.bindService());
        var address = Objects.requireNonNull(node.member().address());
        var session =
                NodeSession.open(
                        node.quorum(),
                        node::channels,
                        controller,
                        new Registration(
                                node.id,
                                Uuid.randomUuid(),
                                node.member().directoryId(),
                                List.of(),
                                new NodeAddress(address.host(), address.port()),
                                null,
                                clean),
                        node.quorum()::appliedIndex,
                        SETTINGS.sessionTimeoutMs(),
                        _ -> {});
        synchronized (this) {
            controllers.put(node.id, controller);
            sessions.put(node.id, session);
        }
        session.registered().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private void kill(TestCluster.Node node) {
        node.kill();
        sessions.remove(node.id).close();
        controllers.remove(node.id).close();
    }

    private static void awaitImage(TestCluster.Node node, Predicate<ClusterImage> shows) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> shows.test(node.quorum().image()));
    }

    private static void awaitEligible(TestCluster.Node seenBy, int id) {
        awaitImage(seenBy, image -> image.node(id) != null && image.node(id).eligible());
    }

    private static Duration timeUntilLost(TestCluster.Node seenBy, int id) {
        long began = System.nanoTime();
        awaitImage(seenBy, image -> image.node(id).fenced() && leader(image, id - 1) > 0);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// Of partition `number`, which node `number + 1` prefers.
    private static int leader(ClusterImage image, int number) {
        var partition = Objects.requireNonNull(image.partition("t", number));
        return partition.leader() == number + 1 ? PartitionImage.NO_LEADER : partition.leader();
    }

    @Test
    void aKilledNodeIsFencedAtOnceAndOthersLead() {
        var controller = cluster.leader();
        var victim = cluster.follower();

        kill(victim);
        var took = timeUntilLost(controller, victim.id);

        assertThat(took).isLessThan(AT_ONCE);
    }

    @Test
    void aKilledControllerIsSucceededAndFencedAtOnce() {
        var victim = cluster.leader();
        var survivor = cluster.follower();

        kill(victim);
        var took = timeUntilLost(survivor, victim.id);

        assertThat(took).isLessThan(AT_ONCE);
    }

    @Test
    void aKilledNodeThatStartsAtOnceTakesItsPlaceUnderANewEpoch() {
        var controller = cluster.leader();
        var victim = cluster.follower();
        long former =
                Objects.requireNonNull(controller.quorum().image().node(victim.id)).nodeEpoch();

        kill(victim);
        victim.restart();
        join(victim, false);

        awaitImage(
                controller,
                image ->
                        image.node(victim.id).nodeEpoch() > former
                                && image.node(victim.id).eligible());
    }

    @Test
    void aNodeThatStopsHasHandedOverBefore() {
        var controller = cluster.leader();
        var leaving = cluster.follower();

        sessions.get(leaving.id).shutDown(PATIENCE.toMillis()).join();

        awaitImage(controller, image -> leader(image, leaving.id - 1) > 0);
        assertThat(controller.quorum().image().node(leaving.id).shuttingDown()).isTrue();
    }

    @Test
    void everyNodeShowsWhatWasWaitedFor() {
        var controller = cluster.leader();
        decided(controller, Images.topic("u", 2, 3, 3));
        long index = controller.quorum().appliedIndex();

        for (var session : sessions.values()) {
            assertThat(session.awaitVisible(index, PATIENCE.toMillis()).join()).isTrue();
        }
        for (var node : cluster.running()) {
            assertThat(node.quorum().image().topic("u")).isNotNull();
        }
    }
}
