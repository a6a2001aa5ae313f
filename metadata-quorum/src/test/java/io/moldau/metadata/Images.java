package io.moldau.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.Outcome.Accepted;
import io.moldau.metadata.Outcome.Refused;
import java.util.List;
import java.util.Map;
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
        return new RegisterNode(
                id,
                id(incarnation),
                List.of(
                        new NodeEndpoint(
                                "PLAINTEXT", "127.0.0.1", 9092 + id, SecurityProtocol.PLAINTEXT)),
                rack,
                ClusterImage.FEATURE_LEVEL);
    }

    public static CreateTopic topic(String name, long number, int partitions, int replicas) {
        return CreateTopic.placed(name, id(number), partitions, replicas, Map.of(), 1);
    }

    /// A cluster of `nodes` nodes, numbered from 1.
    static ClusterImage cluster(int nodes) {
        var image = ClusterImage.empty();
        for (int id = 1; id <= nodes; id++) {
            image = after(node(id, id, null), image);
        }
        return image;
    }

    static ClusterImage after(MetadataCommand command, ClusterImage image) {
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
