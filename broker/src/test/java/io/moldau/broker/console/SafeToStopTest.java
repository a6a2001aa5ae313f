package io.moldau.broker.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.QuorumStatus;
import io.moldau.quorum.QuorumStatus.Replica;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SafeToStopTest {
    private ClusterImage image = nodes(3);
    private int minInsyncReplicas = 1;

    @Test
    void aReplicaThatOthersKeepMayStop() {
        create("orders", List.of(1, 2, 3));

        assertThat(verdict(2).isSafe()).isTrue();
    }

    @Test
    void theOnlyReplicaWouldTakeItsPartitionOffline() {
        create("orders", List.of(1, 2, 3));
        create("scratch", List.of(2));

        assertThat(verdict(2).isSafe()).isFalse();
        assertThat(verdict(2).offline()).containsExactly("scratch-0");
        assertThat(verdict(1).isSafe()).isTrue();
    }

    @Test
    void aPartitionMayNotFallBelowItsMinimum() {
        minInsyncReplicas = 2;
        create("orders", List.of(1, 2, 3));

        assertThat(verdict(1).isSafe()).isTrue();
        fence(3);

        assertThat(verdict(1).tooFew()).containsExactly("orders-0");
        assertThat(verdict(1).offline()).isEmpty();
    }

    @Test
    void aMinimumThatNobodyCouldReachKeepsNobodyFromStopping() {
        minInsyncReplicas = 5;
        create("orders", List.of(1, 2, 3));

        assertThat(verdict(1).tooFew()).isEmpty();
    }

    @Test
    void theSecondOfThreeVotersMayNotStop() {
        assertThat(verdict(1).isSafe()).isTrue();
        fence(3);

        assertThat(verdict(1).quorum()).isEqualTo("1 of 3 voters would be left, and 2 are needed");
        assertThat(verdict(3).quorum()).as("it is away already").isEmpty();
    }

    private SafeToStop verdict(int nodeId) {
        var voters =
                IntStream.rangeClosed(1, 3)
                        .mapToObj(id -> new Replica(id, Uuid.ZERO_UUID, 0, 0, 0))
                        .toList();
        var quorum = new QuorumStatus(1, 1, 1, voters, List.of());
        return SafeToStop.judge(nodeId, image, quorum, _ -> minInsyncReplicas);
    }

    private static ClusterImage nodes(int count) {
        var image = ClusterImage.empty();
        for (int id = 1; id <= count; id++) {
            var register =
                    new RegisterNode(
                            id,
                            Uuid.randomUuid(),
                            Uuid.randomUuid(),
                            List.of(),
                            new NodeAddress("127.0.0.1", 9000 + id),
                            null,
                            ClusterImage.FEATURE_LEVEL,
                            -1,
                            true);
            image = after(register, image);
            image = after(new UnfenceNode(id, epoch(image, id)), image);
        }
        return image;
    }

    private static long epoch(ClusterImage image, int nodeId) {
        return image.node(nodeId).nodeEpoch();
    }

    private void create(String topic, List<Integer> replicas) {
        var assignment = List.of(replicas);
        image =
                after(
                        new CreateTopic(
                                topic,
                                Uuid.randomUuid(),
                                1,
                                (short) replicas.size(),
                                assignment,
                                Map.of(),
                                7),
                        image);
    }

    private void fence(int nodeId) {
        image = after(new FenceNode(nodeId, epoch(image, nodeId)), image);
    }

    private static ClusterImage after(MetadataCommand command, ClusterImage image) {
        var decision = MetadataMachine.decide(command, image);
        assertThat(decision.outcome()).isInstanceOf(Outcome.Accepted.class);
        return decision.image();
    }
}
