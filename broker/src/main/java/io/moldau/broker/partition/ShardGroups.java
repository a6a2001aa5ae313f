package io.moldau.broker.partition;

import io.moldau.broker.shard.Shard;
import java.util.ArrayList;
import java.util.List;

/// The parts of one request, grouped by the shard that each belongs to; their order is kept.
final class ShardGroups<T> {
    /// What one shard is to do.
    record Group<T>(Shard shard, List<T> items) {}

    private final List<Group<T>> groups = new ArrayList<>(4);

    void add(Shard shard, T item) {
        for (var group : groups) {
            if (group.shard().equals(shard)) {
                group.items().add(item);
                return;
            }
        }
        var group = new Group<T>(shard, new ArrayList<>());
        group.items().add(item);
        groups.add(group);
    }

    List<Group<T>> all() {
        return groups;
    }
}
