package io.moldau.broker.shard;

import io.moldau.env.Clock;
import java.util.List;
import java.util.stream.IntStream;

/// A fixed set of shards; what hashes alike lives on the same one.
public final class Shards implements AutoCloseable {
    private final List<Shard> shards;

    private Shards(List<Shard> shards) {
        this.shards = shards;
    }

    /// Starts `count` threads named `name-0`, `name-1`, ….
    public static Shards start(int count, String name, Clock clock) {
        var shards =
                IntStream.range(0, count)
                        .mapToObj(i -> new Shard(i, name + "-" + i, clock))
                        .toList();
        shards.forEach(Shard::start);
        return new Shards(shards);
    }

    /// Shards without threads of their own, for a simulation: whoever holds them runs what is due,
    /// by [Shard#runDue()].
    public static Shards driven(int count, String name, Clock clock) {
        return new Shards(
                IntStream.range(0, count)
                        .mapToObj(i -> new Shard(i, name + "-" + i, clock))
                        .toList());
    }

    /// The shard that owns everything with this hash.
    public Shard of(int hash) {
        int mixed = hash ^ (hash >>> 16);
        return shards.get(Math.floorMod(mixed, shards.size()));
    }

    public List<Shard> all() {
        return shards;
    }

    @Override
    public void close() {
        shards.forEach(Shard::close);
    }
}
