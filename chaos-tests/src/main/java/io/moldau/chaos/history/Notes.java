package io.moldau.chaos.history;

import java.util.List;

/// What a line may say beyond the format. Checkers that do not know these pass over them.
///
/// @param group `:group`, the consumer group that a process belongs to; empty when none
/// @param rebalances `:rebalance-log`, what a poll gave and took before it got records
/// @param commits `:committed`, positions that the coordinator acknowledged before the line
/// @param error `:error`, what the client said; empty when nothing
public record Notes(String group, List<Rebalance> rebalances, List<Commit> commits, String error) {
    public static final Notes NONE = new Notes("", List.of(), List.of(), "");

    public Notes {
        rebalances = List.copyOf(rebalances);
        commits = List.copyOf(commits);
    }

    public static Notes ofGroup(String group) {
        return new Notes(group, List.of(), List.of(), "");
    }

    public static Notes ofError(String error) {
        return new Notes("", List.of(), List.of(), error);
    }

    /// Partitions that came or went.
    ///
    /// @param timeNanos when the client was told; -1 where the line does not say
    public record Rebalance(boolean assigned, long timeNanos, List<Long> keys) {
        public Rebalance {
            keys = List.copyOf(keys);
        }
    }

    /// Records of `key` below `offset` are dealt with.
    public record Commit(long key, long offset) {}
}
