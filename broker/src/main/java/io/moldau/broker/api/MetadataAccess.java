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

    /// How far the other nodes have come; by default there are none.
    default Visibility visibility() {
        return Visibility.ofOneNode();
    }

    /// Like [#submit], but an accepted command is answered only when every live node serves what it
    /// did: a client that hears of a topic may produce to it through any of them. Bounded, since a
    /// node that does not follow must not keep the others' clients waiting.
    default CompletableFuture<Outcome> submitForAll(MetadataCommand command) {
        return submit(command)
                .thenCompose(outcome ->
                        outcome instanceof Outcome.Refused
                                ? CompletableFuture.completedFuture(outcome)
                                : visibility()
                                        .await(image().appliedIndex(), Visibility.WAIT_MS_MAX)
                                        .exceptionally(_ -> false)
                                        .thenApply(_ -> outcome));
    }

    /// The metadata quorum.
    static MetadataAccess of(MetadataQuorum quorum, Visibility visibility) {
        return new MetadataAccess() {
            @Override
            public ClusterImage image() {
                return quorum.image();
            }

            @Override
            public CompletableFuture<Outcome> submit(MetadataCommand command) {
                return quorum.submit(command);
            }

            @Override
            public Visibility visibility() {
                return visibility;
            }
        };
    }
}
