package io.moldau.quorum;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// This node's part of the metadata quorum.
@SuppressWarnings("DoNotCallSuggester")
public final class MetadataQuorum implements AutoCloseable {
    private MetadataQuorum() {}

    /// Opens or creates the node's part of the quorum; returns when it leads and has applied all
    /// that was acknowledged before.
    ///
    /// @throws QuorumStartException the data cannot be used, with one sentence that says why and
    ///   what to do
    public static MetadataQuorum start(QuorumConfig config) {
        throw new QuorumStartException("not here yet: " + config.dir());
    }

    /// Replicates `command` and decides it. Commands that wait at the same time share one log
    /// entry.
    ///
    /// The future completes on the apply thread: what depends on it must be quick, or go elsewhere.
    /// When it completes the command is durable, and its effect is visible in [#image()] and
    /// [#offsets()].
    public CompletableFuture<Outcome> submit(MetadataCommand command) {
        throw new UnsupportedOperationException(command.toString());
    }

    public ClusterImage image() {
        return ClusterImage.empty();
    }

    public CommittedOffsets offsets() {
        throw new UnsupportedOperationException();
    }

    /// Registers a listener for later images.
    public void onPublished(ImageListener listener) {
        throw new UnsupportedOperationException(listener.toString());
    }

    public QuorumStatus status() {
        throw new UnsupportedOperationException();
    }

    /// Registers who is told, in one sentence, that the quorum cannot go on: the process must then
    /// stop.
    public void onFailure(Consumer<String> fatal) {
        throw new UnsupportedOperationException(fatal.toString());
    }

    /// Stops without a snapshot; everything acknowledged is already durable.
    @Override
    public void close() {}
}
