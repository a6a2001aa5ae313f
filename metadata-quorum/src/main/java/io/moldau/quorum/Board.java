package io.moldau.quorum;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the newest image hangs for all to read, and with it the offsets.
///
/// Two threads pin to it: the apply thread, and whichever of Ratis's learns of a new leader. They
/// take turns; readers wait for neither. What hangs there is never replaced by something older: a
/// node that starts its part of the quorum over applies again what it had applied before.
final class Board {
    private static final Logger LOGGER = LoggerFactory.getLogger(Board.class);

    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterImage image = ClusterImage.empty();
    private volatile CommittedOffsets offsets = new MetadataState().offsets();

    ClusterImage image() {
        return image;
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    void listen(ImageListener listener) {
        listeners.add(listener);
    }

    /// Shows the image to `begin`, and whatever comes after it to `listener`: nothing is missed in
    /// between, since nothing is pinned before `begin` returns.
    synchronized void follow(Consumer<ClusterImage> begin, ImageListener listener) {
        begin.accept(image);
        listeners.add(listener);
    }

    synchronized void publish(MetadataState state) {
        var applied = state.image();
        if (applied.appliedIndex() >= image.appliedIndex()) {
            offsets = state.offsets();
            replace(applied.withController(image.controllerId()));
        }
    }

    synchronized void controller(int nodeId) {
        replace(image.withController(nodeId));
    }

    private void replace(ClusterImage next) {
        var before = image;
        image = next;
        if (next.differsFrom(before)) {
            listeners.forEach(listener -> tell(listener, before, next));
        }
    }

    /// A node that stops ends its threads before its part of the quorum, which goes on applying:
    /// whoever cannot follow any more must not stop that.
    private static void tell(ImageListener listener, ClusterImage before, ClusterImage next) {
        try {
            listener.published(before, next);
        } catch (RejectedExecutionException ended) {
            LOGGER.atDebug().setCause(ended).log("a listener has ended");
        }
    }
}
