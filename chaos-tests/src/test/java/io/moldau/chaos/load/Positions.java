package io.moldau.chaos.load;

import io.moldau.chaos.load.Event.Resumed;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/// Where a group would go on.
public final class Positions {
    private Positions() {}

    /// Asks the group's coordinator; a partition without a commit counts as position -1.
    public static List<Event> of(Admin admin, String group, String topic, int partitionCount) {
        try {
            var positions =
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            return IntStream.range(0, partitionCount)
                    .mapToObj(i -> new TopicPartition(topic, i))
                    .<Event>map(tp ->
                            new Resumed(
                                    group,
                                    tp.toString(),
                                    positions.containsKey(tp) ? positions.get(tp).offset() : -1))
                    .toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
