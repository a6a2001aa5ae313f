package io.moldau.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.ChangeIsr;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.IsrMember;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.Outcome.Accepted;
import io.moldau.metadata.Outcome.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/// Images and commands that several tests begin with.
public final class Images {
    private Images() {}

    public static Uuid id(long number) {
        return new Uuid(0, number);
    }

    public static RegisterNode node(int id, long incarnation, @Nullable String rack) {
        return node(id, incarnation, rack, true);
    }

    public static RegisterNode node(
            int id, long incarnation, @Nullable String rack, boolean clean) {
        return new RegisterNode(
                id,
                id(incarnation),
                id(1000 + id),
                List.of(
                        new NodeEndpoint(
                                "PLAINTEXT", "127.0.0.1", 9092 + id, SecurityProtocol.PLAINTEXT)),
                new NodeAddress("127.0.0.1", 9192 + id),
                rack,
                ClusterImage.FEATURE_LEVEL,
                Long.MAX_VALUE,
                clean);
    }

    public static long epoch(int id, ClusterImage image) {
        return Objects.requireNonNull(image.node(id)).nodeEpoch();
    }

    public static UnfenceNode unfence(int id, ClusterImage image) {
        return new UnfenceNode(id, epoch(id, image));
    }

    public static FenceNode fence(int id, ClusterImage image) {
        return new FenceNode(id, epoch(id, image));
    }

    /// A change of the ISR to `members`, each in its present epoch.
    public static ChangeIsr isr(Uuid topic, int partition, ClusterImage image, Integer... members) {
        var now = Objects.requireNonNull(image.topic(topic)).partitions().get(partition);
        var isr = new ArrayList<IsrMember>();
        for (int id : members) {
            isr.add(new IsrMember(id, image.node(id) == null ? 0 : epoch(id, image)));
        }
        return new ChangeIsr(topic, partition, now.leaderEpoch(), now.partitionEpoch(), isr);
    }

    public static CreateTopic topic(String name, long number, int partitions, int replicas) {
        return CreateTopic.placed(name, id(number), partitions, replicas, Map.of(), 1);
    }

    /// A cluster of `nodes` nodes, numbered from 1, all of them alive.
    public static ClusterImage cluster(int nodes) {
        var image = ClusterImage.empty();
        for (int id = 1; id <= nodes; id++) {
            image = after(node(id, id, null), image);
            image = after(unfence(id, image), image);
        }
        return image;
    }

    public static ClusterImage after(MetadataCommand command, ClusterImage image) {
        var decision = MetadataMachine.decide(command, image);
        assertThat(decision.outcome()).isInstanceOf(Accepted.class);
        return decision.image();
    }

    static Refused refusal(MetadataCommand command, ClusterImage image) {
        var decision = MetadataMachine.decide(command, image);
        assertThat(decision.image()).isSameAs(image);
        assertThat(decision.outcome()).isInstanceOf(Refused.class);
        return (Refused) decision.outcome();
    }

    static Errors error(MetadataCommand command, ClusterImage image) {
        return refusal(command, image).error();
    }
}
