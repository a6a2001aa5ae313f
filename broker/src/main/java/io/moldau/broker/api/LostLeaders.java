package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.NodeImage;
import io.moldau.metadata.TopicImage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// Who asks for the leader of a partition, just when that one's connections broke, would be sent to
/// a dead node and come back later each time. Such a question waits for the election that is under
/// way, or until the node is back.
final class LostLeaders {
    /// A node whose connection broke and that the cluster does not give up lives: then it is the
    /// answer after all.
    private static final long WAIT_MS = 400;

    private static final long LOOK_MS = 5;

    private final MetadataAccess metadata;
    private final Predicate<TopicImage> asked;
    private final Connection connection;
    private final CompletableFuture<Boolean> answerable = new CompletableFuture<>();
    private long waitMs = WAIT_MS;

    private LostLeaders(
            MetadataAccess metadata, Connection connection, Predicate<TopicImage> asked) {
        this.metadata = metadata;
        this.connection = connection;
        this.asked = asked;
    }

    /// Completes when none of the topics asked for is led by a node that was just lost: mostly at
    /// once.
    static CompletableFuture<Boolean> succeeded(
            MetadataAccess metadata, Connection connection, Predicate<TopicImage> asked) {
        var question = new LostLeaders(metadata, connection, asked);
        question.look();
        return question.answerable;
    }

    private void look() {
        var image = metadata.image();
        if (waitMs <= 0 || !isAnyLost(image)) {
            answerable.complete(true);
            return;
        }
        waitMs -= LOOK_MS;
        var _ = connection.schedule(LOOK_MS, this::look);
    }

    private boolean isAnyLost(ClusterImage image) {
        var lost =
                image.nodes().values().stream()
                        .filter(node -> !node.fenced() && metadata.visibility().hasLost(node))
                        .map(NodeImage::id)
                        .toList();
        return !lost.isEmpty()
                && image.topics().stream()
                        .filter(asked)
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(partition -> lost.contains(partition.leader()));
    }
}
