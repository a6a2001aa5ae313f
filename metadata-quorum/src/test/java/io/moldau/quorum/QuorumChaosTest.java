package io.moldau.quorum;

import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static io.moldau.quorum.TestCluster.PATIENCE;
import static io.moldau.quorum.TestCluster.commit;
import static io.moldau.quorum.TestCluster.decided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.quorum.TestCluster.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes under load, one of which dies and comes back, again and again.
@Timeout(600)
class QuorumChaosTest {
    private static final int ROUNDS = Integer.getInteger("moldau.quorum.chaos.rounds", 1);
    private static final long SEED = Long.getLong("moldau.quorum.chaos.seed", 7);

    @TempDir Path temp;

    /// Commits offset after offset to a partition of its own, through one node.
    private static final class Load {
        private final Node node;
        private final AtomicLong acknowledged = new AtomicLong();
        private final Semaphore outstanding = new Semaphore(32);
        private volatile boolean running = true;
        private Thread thread;

        private Load(Node node) {
            this.node = node;
        }

        private void start() {
            running = true;
            var quorum = node.quorum();
            var found = quorum.offsets().get("g", "t", node.id);
            assertThat(found == null ? 0 : found.offset())
                    .as("what node %d had acknowledged", node.id)
                    .isGreaterThanOrEqualTo(acknowledged.get());
            long first = found == null ? 1 : found.offset() + 1;
            thread = Thread.ofVirtual().start(() -> commitFrom(first, quorum));
        }

        private void commitFrom(long first, MetadataQuorum quorum) {
            for (long offset = first; running; offset++) {
                outstanding.acquireUninterruptibly();
                long committed = offset;
                var _ =
                        quorum.submit(commit("g", node.id, committed))
                                .whenComplete((_, failure) -> {
                                    outstanding.release();
                                    if (failure == null) {
                                        acknowledged.accumulateAndGet(committed, Math::max);
                                        assertOrder(quorum, committed);
                                    }
                                });
            }
        }

        /// The future completes when the effect is there, and nothing later has been undone.
        private void assertOrder(MetadataQuorum quorum, long committed) {
            if (quorum.offsets().get("g", "t", node.id).offset() < committed) {
                wrong = "node %d sees less than its own commit %d".formatted(node.id, committed);
            }
        }

        private volatile String wrong = "";

        private void stop() throws InterruptedException {
            running = false;
            thread.join();
        }
    }

    @Test
    void losesAndRepeatsNothingWhileNodesDieAndComeBack() throws Exception {
        var random = new Random(SEED);
        try (var cluster = new TestCluster(temp, Optional.empty(), 150).founded(3)) {
            decided(cluster.node(1), node(1, 1, null));
            decided(cluster.node(1), topic("t", 1, 4, 1));
            var loads = new ArrayList<Load>();
            for (int id = 1; id <= 3; id++) {
                cluster.node(id).quorum().readBarrier().get(30, TimeUnit.SECONDS);
                loads.add(new Load(cluster.node(id)));
            }
            loads.forEach(Load::start);

            for (int round = 0; round < ROUNDS; round++) {
                var victim = loads.get(random.nextInt(3));
                boolean forced = random.nextBoolean();
                progress(loads, victim, 50 + random.nextInt(400));
                victim.running = false;
                victim.node.kill();
                victim.stop();
                if (forced) {
                    var survivor = cluster.running().get(random.nextInt(2)).quorum();
                    survivor.forceElection(survivor.leaderId().orElse(victim.node.id));
                }
                progress(loads, victim, 50 + random.nextInt(400));
                victim.node.restart();
                victim.start();
            }

            for (var load : loads) {
                load.stop();
            }
            // Before the barriers: what is still under way may be acknowledged later.
            var acknowledged = loads.stream().map(load -> load.acknowledged.get()).toList();
            for (var each : cluster.running()) {
                each.quorum().readBarrier().get(30, TimeUnit.SECONDS);
                for (int i = 0; i < loads.size(); i++) {
                    assertThat(loads.get(i).wrong).isEmpty();
                    int partition = loads.get(i).node.id;
                    assertThat(each.quorum().offsets().get("g", "t", partition).offset())
                            .isGreaterThanOrEqualTo(acknowledged.get(i));
                }
            }
        }
    }

    /// The others, or all when they are all alive, go on.
    private static void progress(List<Load> loads, Load victim, int commits) {
        for (var load : loads) {
            if (load != victim || load.running) {
                long goal = load.acknowledged.get() + commits;
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> load.acknowledged.get() >= goal);
            }
        }
    }
}
