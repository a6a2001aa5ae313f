package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.MetadataQuorum;
import java.util.concurrent.CompletableFuture;

/// The cluster's metadata, as far as handlers read and change it.
public interface MetadataAccess {
    ClusterImage image();

    /// Completes once the command is durable and [#image()] shows what it did.
    CompletableFuture<Outcome> submit(MetadataCommand command);

    /// The metadata quorum.
    static MetadataAccess of(MetadataQuorum quorum) {
        return new MetadataAccess() {
            @Override
            public ClusterImage image() {
                return quorum.image();
            }

            @Override
            public CompletableFuture<Outcome> submit(MetadataCommand command) {
                return quorum.submit(command);
            }
        };
    }
}
