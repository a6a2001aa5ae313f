package io.moldau.quorum;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.proto.metadata.Command;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A command on its way; `future` completes with what it was decided to. Without a command it only
/// asks to be told when the log has come this far.
///
/// @param deadlineNanos when it is given up, by [System#nanoTime()]
record Submission(
        @Nullable MetadataCommand command,
        @Nullable Command encoded,
        CompletableFuture<Outcome> future,
        long deadlineNanos) {

    int bytes() {
        return encoded == null ? 0 : encoded.getSerializedSize();
    }

    void fail(RuntimeException reason) {
        future.completeExceptionally(reason);
    }
}
