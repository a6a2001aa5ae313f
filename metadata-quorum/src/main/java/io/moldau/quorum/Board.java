package io.moldau.quorum;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.ImageListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Where the newest image hangs for all to read.
///
/// Two threads pin to it: the apply thread, and whichever of Ratis's learns of a new leader. They
/// take turns; readers wait for neither.
final class Board {
    private final List<ImageListener> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterImage image = ClusterImage.empty();

    ClusterImage image() {
        return image;
    }

    void listen(ImageListener listener) {
        listeners.add(listener);
    }

    synchronized void publish(ClusterImage applied) {
        replace(applied.withController(image.controllerId()));
    }

    synchronized void controller(int nodeId) {
        replace(image.withController(nodeId));
    }

    private void replace(ClusterImage next) {
        var before = image;
        image = next;
        if (next.differsFrom(before)) {
            listeners.forEach(listener -> listener.published(before, next));
        }
    }
}
