package io.moldau.broker.partition;

import io.moldau.metadata.ClusterImage;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/// Readers who know of a newer leader epoch than this node does: they wait, for as long as
/// [EarlyAppends] do, until the metadata has come here too.
final class EarlyReads {
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(TopicPartition name, int leaderEpoch, CompletableFuture<Boolean> known) {
        boolean isKnownIn(ClusterImage image) {
            var partition = image.partition(name.topic(), name.partition());
            return partition == null || partition.leaderEpoch() >= leaderEpoch;
        }
    }

    /// Completes when an image that was looked at knows the epoch, or after a while.
    CompletableFuture<Boolean> await(TopicPartition name, int leaderEpoch, long patienceMs) {
        var reader = new Waiting(name, leaderEpoch, new CompletableFuture<>());
        waiting.add(reader);
        return reader.known()
                .completeOnTimeout(false, patienceMs, TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> waiting.remove(reader));
    }

    void look(ClusterImage image) {
        for (var reader : waiting) {
            if (reader.isKnownIn(image)) {
                reader.known().complete(true);
            }
        }
    }
}
