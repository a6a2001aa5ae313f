package io.moldau.chaos.sim;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Logs that only pretend to be on a disk: quick, and as true as [MemoryLog] is.
final class MemoryStore implements SimStore {
    private final Mix mix;
    private final Rules rules;
    private final Luck luck;
    private final List<MemoryLog[]> logs;

    MemoryStore(int nodeId, Mix mix, Rules rules) {
        luck = new Luck(mix.seed(), 3000 + nodeId);
        this.mix = mix;
        this.rules = rules;
        logs =
                IntStream.range(0, mix.partitions())
                        .mapToObj(_ -> new MemoryLog[] {fresh()})
                        .toList();
    }

    private MemoryLog fresh() {
        return new MemoryLog(mix.flushes(), rules);
    }

    @Override
    public SimLog log(int partition) {
        return logs.get(partition)[0];
    }

    @Override
    public void start() {
        forEach(log -> {
            long known = log.highWatermark();
            log.noteHighWatermark(luck.chance(0.5) ? known : luck.between(0, known));
            if (mix.flushes()) {
                log.flush();
            }
        });
    }

    @Override
    public void delete(int partition) {
        logs.get(partition)[0] = fresh();
    }

    @Override
    public void onTick(Luck when) {
        // Nothing is checkpointed.
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public void kill() {
        forEach(MemoryLog::kill);
    }

    @Override
    public void losePower(Luck when) {
        forEach(log -> log.losePower(when));
    }

    @Override
    public void damage(Luck when) {
        forEach(log -> log.damage(when));
    }

    @Override
    public void replace() {
        for (var log : logs) {
            log[0] = fresh();
        }
    }

    private void forEach(Consumer<MemoryLog> action) {
        logs.forEach(log -> action.accept(log[0]));
    }
}
