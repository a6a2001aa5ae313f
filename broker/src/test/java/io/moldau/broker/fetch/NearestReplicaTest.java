package io.moldau.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NearestReplicaTest {
    private static final PartitionImage PARTITION =
            PartitionImage.created(1, List.of(1, 2, 3), List.of(1, 2, 3));

    private ClusterImage image = ClusterImage.empty();

    @BeforeEach
    void nodesInThreeRacks() {
        register(1, "a");
        register(2, "b");
        register(3, "c");
    }

    private void register(int id, String rack) {
        var outcome =
                decide(
                        new MetadataCommand.RegisterNode(
                                id,
                                Uuid.randomUuid(),
                                Uuid.randomUuid(),
                                List.of(),
                                new NodeAddress("host" + id, 9094),
                                rack,
                                ClusterImage.FEATURE_LEVEL,
                                Long.MAX_VALUE,
                                true));
        decide(new MetadataCommand.UnfenceNode(id, ((Outcome.NodeRegistered) outcome).nodeEpoch()));
    }

    private Outcome decide(MetadataCommand command) {
        var decision = MetadataMachine.decide(command, image);
        image = decision.image();
        return decision.outcome();
    }

    private int nearest(PartitionImage partition, String rack) {
        return NearestReplica.SAME_RACK.of(partition, image, rack);
    }

    @Test
    void isTheOneInTheReadersRack() {
        assertThat(nearest(PARTITION, "b")).isEqualTo(2);
        assertThat(nearest(PARTITION, "c")).isEqualTo(3);
    }

    @Test
    void isTheLeaderWhereThatIsAsNear() {
        assertThat(nearest(PARTITION, "a")).isEqualTo(-1);
    }

    @Test
    void isTheLeaderForAReaderOfNoRackOrAnother() {
        assertThat(nearest(PARTITION, "")).isEqualTo(-1);
        assertThat(nearest(PARTITION, "z")).isEqualTo(-1);
    }

    @Test
    void isNoneThatIsOutOfSync() {
        var partition = PartitionImage.created(1, List.of(1, 2, 3), List.of(1, 3));

        assertThat(nearest(partition, "b")).isEqualTo(-1);
    }

    @Test
    void isNoneThatIsFenced() {
        decide(new MetadataCommand.FenceNode(2, image.node(2).nodeEpoch()));

        assertThat(nearest(PARTITION, "b")).isEqualTo(-1);
    }

    @Test
    void isTheLeaderUnlessASelectorIsNamed() {
        assertThat(NearestReplica.named("")).isSameAs(NearestReplica.LEADER);
        assertThat(NearestReplica.named("org.apache.kafka.common.replica.RackAwareReplicaSelector"))
                .isSameAs(NearestReplica.SAME_RACK);
    }
}
