package io.moldau.chaos.sim.disk;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Production's log directory on a simulated disk.
public final class DiskStore implements SimStore {
    private static final Path ROOT = Path.of("/logs");
    private static final int OPEN_FILES = 64;

    private final Mix mix;
    private final Rules rules;
    private final Luck luck;
    private final Clock clock;
    private final LogConfig config;
    private final DiskLog[] logs;
    private SimDisk disk;
    private Disk seen;
    private LogDirectory directory;

    public DiskStore(int nodeId, Mix mix, Rules rules, LongSupplier nowMs) {
        this.mix = mix;
        this.rules = rules;
        luck = new Luck(mix.seed(), 3000 + nodeId);
        clock = clock(nowMs);
        config = config();
        logs = new DiskLog[mix.logs()];
        replace();
    }

    private static Clock clock(LongSupplier nowMs) {
        return new Clock() {
            @Override
            public long wallMs() {
                return nowMs.getAsLong();
            }

            @Override
            public long monotonicNanos() {
                return nowMs.getAsLong() * 1_000_000;
            }
        };
    }

    /// Small segments: files are made and dropped all the time.
    private LogConfig config() {
        long segmentBytes = luck.between(5, 60) * Batches.BYTES;
        return LogConfig.defaults()
                .with("segment.bytes", Long.toString(segmentBytes))
                .with("index.interval.bytes", Long.toString(luck.between(1, 4) * Batches.BYTES))
                .with("flush.messages", mix.flushes() ? "1" : Long.toString(Long.MAX_VALUE))
                .with("file.delete.delay.ms", Long.toString(luck.between(0, 800)));
    }

    @Override
    public void replace() {
        forget();
        disk = new SimDisk(luck.next());
        seen = rules.disk(disk);
    }

    @Override
    public void start() {
        rules.beforeRecovery(disk, ROOT);
        directory = LogDirectory.open(ROOT, seen, clock, OPEN_FILES);
    }

    @Override
    public SimLog log(int partition, Uuid topicId) {
        if (logs[partition] == null) {
            var name = name(partition);
            var log = directory.openLog(name, topicId, config);
            logs[partition] = new DiskLog(log, clock, rules);
        }
        return logs[partition];
    }

    private TopicPartition name(int partition) {
        return partition < mix.partitions()
                ? new TopicPartition(Mix.TOPIC, partition)
                : new TopicPartition(Mix.GROUPS_TOPIC, partition - mix.partitions());
    }

    @Override
    public void delete(int partition) {
        directory.deleteLog(logs[partition].log());
        logs[partition] = null;
    }

    @Override
    public void abandon(int partition) {
        if (logs[partition] != null) {
            directory.abandonLog(logs[partition].log());
            logs[partition] = null;
        }
    }

    @Override
    public void failSyncs(int count) {
        disk.failSyncs(count);
    }

    @Override
    public void fill(long freeBytes) {
        disk.setFreeBytes(freeBytes);
    }

    /// Below the recovery point, as it is written down: what recovery and scrub are to tell from a
    /// torn tail.
    @Override
    public void rot(int partition) {
        if (logs[partition] == null) {
            return;
        }
        directory.checkpoint();
        long durable = logs[partition].log().recoveryPoint();
        var folder = ROOT.resolve(name(partition).toString());
        var segments = disk.list(folder).stream().filter(name -> name.endsWith(".log")).sorted();
        var files = segments.map(folder::resolve).toList();
        if (files.isEmpty()) {
            return;
        }
        var file = files.get(luck.below(files.size()));
        long bytes = Math.min(disk.size(file), (durable - baseOffset(file)) * Batches.BYTES);
        if (bytes > 0) {
            disk.flip(file, luck.below((int) bytes), 1 << luck.below(8));
        }
    }

    private static long baseOffset(Path segment) {
        var name = segment.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    @Override
    public void repair() {
        disk.failSyncs(0);
        disk.clean();
    }

    @Override
    public void onTick(Luck when) {
        if (when.chance(0.02)) {
            directory.checkpoint();
        } else if (when.chance(0.05)) {
            directory.checkpointHighWatermarks();
        }
    }

    @Override
    public void close() {
        directory.closeOn(Runnable::run);
        kill();
    }

    @Override
    public void kill() {
        disk.kill();
        forget();
    }

    private void forget() {
        Arrays.fill(logs, null);
        directory = null;
    }

    @Override
    public void losePower(Luck when) {
        disk.crash();
        forget();
    }

    /// Segments are cut anywhere, and those behind are gone; all other files say what they said.
    @Override
    public void damage(Luck when) {
        disk.crash();
        forget();
        for (int partition = 0; partition < logs.length; partition++) {
            cut(ROOT.resolve(name(partition).toString()), when);
        }
    }

    private void cut(Path folder, Luck when) {
        var segments = new ArrayList<Path>();
        for (var name : disk.list(folder)) {
            if (name.endsWith(".log")) {
                segments.add(folder.resolve(name));
            }
        }
        if (segments.isEmpty()) {
            return;
        }
        int first = when.below(segments.size());
        try (var channel = disk.open(segments.get(first))) {
            channel.truncate(when.between(0, channel.size()));
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List.copyOf(segments.subList(first + 1, segments.size())).forEach(disk::delete);
        disk.syncDirectory(folder);
    }
}
