package io.moldau.broker.api;

import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// What requests about the quorum say of the cluster and the directory that they mean.
final class OtherCluster {
    private OtherCluster() {}

    /// The sentence for a request that is meant for another cluster.
    static Optional<String> refusal(String asked, String ours) {
        return asked == null || asked.equals(ours)
                ? Optional.empty()
                : Optional.of("This is cluster %s, not %s.".formatted(ours, asked));
    }

    /// Empty for any directory of the node.
    static Optional<Uuid> directory(Uuid asked) {
        return asked.equals(Uuid.ZERO_UUID) ? Optional.empty() : Optional.of(asked);
    }
}
