package io.moldau.chaos.sim.disk;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/// Logs that only pretend to be on a disk: quick, and as true as [MemoryLog] is.
public final class MemoryStore implements SimStore {
    private final Mix mix;
    private final Rules rules;
    private final Luck luck;
    private final MemoryLog[] logs;
    private final Uuid[] topicIds;

    public MemoryStore(int nodeId, Mix mix, Rules rules) {
        this.mix = mix;
        this.rules = rules;
        luck = new Luck(mix.seed(), 3000 + nodeId);
        logs = new MemoryLog[mix.logs()];
        topicIds = new Uuid[mix.logs()];
    }

    @Override
    public SimLog log(int partition, Uuid topicId) {
        if (!topicId.equals(topicIds[partition])) {
            topicIds[partition] = topicId;
            logs[partition] = new MemoryLog(mix.flushes(), rules);
        }
        return logs[partition];
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
        topicIds[partition] = null;
        logs[partition] = null;
    }

    @Override
    public void abandon(int partition) {
        throw new IllegalStateException("memory does not fail");
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
        Arrays.fill(topicIds, null);
        Arrays.fill(logs, null);
    }

    private void forEach(Consumer<MemoryLog> action) {
        Arrays.stream(logs).filter(Objects::nonNull).forEach(action);
    }
}
