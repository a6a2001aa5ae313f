package io.moldau.broker.group;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.MetadataQuorum;
import java.util.concurrent.CompletableFuture;

/// Where groups and their offsets are durable, as far as the coordinator needs to know.
public interface GroupStore {
    ClusterImage image();

    CommittedOffsets offsets();

    /// Completes once what can be read here is as new as anything that was acknowledged to anyone
    /// before the call.
    CompletableFuture<?> barrier();

    /// Completes once the command is durable and its effect can be read here; commands of one
    /// caller are applied in the order in which they were submitted.
    CompletableFuture<Outcome> submit(MetadataCommand command);

    /// The metadata quorum.
    static GroupStore of(MetadataQuorum quorum) {
        return new GroupStore() {
            @Override
            public ClusterImage image() {
                return quorum.image();
            }

            @Override
            public CommittedOffsets offsets() {
                return quorum.offsets();
            }

            @Override
            public CompletableFuture<?> barrier() {
                // A node without others has decided all that there is.
                return quorum.image().nodes().size() <= 1
                        ? CompletableFuture.completedFuture(null)
                        : quorum.readBarrier();
            }

            @Override
            public CompletableFuture<Outcome> submit(MetadataCommand command) {
                return quorum.submit(command);
            }
        };
    }
}
