package io.moldau.quorum;

import static io.moldau.metadata.Images.node;
import static io.moldau.quorum.TestCluster.decided;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumDescriptionTest {
    @TempDir Path temp;

    /// Only the leader hears of every member; a tool may ask any node.
    @Test
    void aFollowerDescribesTheQuorumAsTheLeaderKnowsIt() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            // given
            decided(cluster.leader(), node(1, 1, null));
            var follower = cluster.follower();

            // when
            var described = follower.quorum().describe().orTimeout(30, TimeUnit.SECONDS).join();

            // then
            assertThat(described.leaderId()).isEqualTo(cluster.leader().id);
            assertThat(described.voters())
                    .extracting(QuorumStatus.Replica::id)
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(described.voters())
                    .allMatch(voter -> voter.lastFetchTimestampMs() > 0)
                    .allMatch(voter -> voter.logEndOffset() > 0);
        }
    }

    @Test
    void aFollowerWhoseLeaderIsGoneTellsWhatItKnowsItself() {
        try (var cluster = new TestCluster(temp).founded(3)) {
            // given
            decided(cluster.leader(), node(1, 1, null));
            var follower = cluster.follower();
            cluster.leader().kill();

            // when
            var described = follower.quorum().describe().orTimeout(30, TimeUnit.SECONDS).join();

            // then
            assertThat(described.voters()).hasSize(3);
        }
    }
}
