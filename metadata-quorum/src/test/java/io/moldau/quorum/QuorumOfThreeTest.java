package io.moldau.quorum;

import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static io.moldau.quorum.TestCluster.PATIENCE;
import static io.moldau.quorum.TestCluster.commit;
import static io.moldau.quorum.TestCluster.decided;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.Outcome;
import io.moldau.metadata.Outcome.NodeRegistered;
import io.moldau.metadata.Outcome.TopicPlaced;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumOfThreeTest {
    @TempDir Path temp;

    @Test
    void decidesWhatAnyNodeSubmitsAndEachReadsItsOwnWrites() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            var leader = cluster.leader();
            var follower = cluster.follower();

            assertThat(decided(leader, node(1, 1, null))).isEqualTo(new NodeRegistered(1));
            var placed = decided(follower, topic("t", 1, 3, 1));

            assertThat(placed).isEqualTo(new TopicPlaced(follower.quorum().image().topic("t")));
            decided(follower, commit("g", 0, 42));
            assertThat(follower.quorum().offsets().get("g", "t", 0).offset()).isEqualTo(42);
            for (var each : cluster.running()) {
                each.quorum().readBarrier().orTimeout(30, TimeUnit.SECONDS).join();
                assertThat(each.quorum().image().topic("t")).isNotNull();
                assertThat(each.quorum().leaderId()).hasValue(leader.id);
                assertThat(each.quorum().image().controllerId()).isEqualTo(leader.id);
                assertThat(each.quorum().isLeader()).isEqualTo(each == leader);
            }
        }
    }

    @Test
    void losesNothingAcknowledgedWhenTheLeaderDies() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            decided(cluster.node(1), node(1, 1, null));
            decided(cluster.node(1), topic("t", 1, 3, 1));
            var leader = cluster.leader();
            var follower = cluster.follower();
            var death = new CompletableFuture<Void>();
            var waiting = new ArrayList<CompletableFuture<Outcome>>();
            for (int offset = 1; offset <= 3000; offset++) {
                waiting.add(follower.quorum().submit(commit("g", 0, offset)));
                if (offset == 1500) {
                    death = CompletableFuture.runAsync(leader::kill);
                }
            }
            CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();

            death.join();
            for (var each : cluster.running()) {
                each.quorum().readBarrier().orTimeout(30, TimeUnit.SECONDS).join();
                assertThat(each.quorum().offsets().get("g", "t", 0).offset()).isEqualTo(3000);
            }
            leader.restart();
            assertThat(leader.quorum().offsets().get("g", "t", 0).offset()).isEqualTo(3000);
        }
    }

    @Test
    void electsAnotherLeaderWithinHalfASecondWhenForced() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            var follower = cluster.follower();
            decided(follower, node(1, 1, null));
            cluster.leader().kill();

            long killed = System.nanoTime();
            follower.quorum().forceElection();
            decided(follower, node(2, 1, null));

            assertThat(System.nanoTime() - killed).isLessThan(500_000_000L);
            assertThat(follower.quorum().isLeader()).isTrue();
        }
    }
}
