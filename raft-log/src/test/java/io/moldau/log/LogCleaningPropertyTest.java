package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.clean.LogCleaner;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

class LogCleaningPropertyTest {
    private static final int RETENTION_MS = 1_000;
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("cleanup.policy", "compact")
                    .with("segment.bytes", "1000")
                    .with("index.interval.bytes", "150")
                    .with("file.delete.delay.ms", "1000")
                    .with("delete.retention.ms", Integer.toString(RETENTION_MS));

    /// A record to be: negative for a tombstone of that key.
    record Draft(int key, boolean tombstone) {}

    sealed interface Step {
        record Append(List<Draft> records, CompressionType codec, int producer) implements Step {}

        record Clean() implements Step {}

        record Wait(int ms) implements Step {}

        record Kill() implements Step {}

        record Crash() implements Step {}

        record Restart() implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var drafts =
                Combinators.combine(
                                Arbitraries.integers().between(0, 6),
                                Arbitraries.of(false, false, false, true))
                        .as(Draft::new)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(8);
        Arbitrary<Step> append =
                Combinators.combine(
                                drafts,
                                Arbitraries.of(CompressionType.values()),
                                Arbitraries.integers().between(-2, 2))
                        .as(Step.Append::new);
        Arbitrary<Step> step =
                Arbitraries.frequencyOf(
                        Tuple.of(12, append),
                        Tuple.of(4, Arbitraries.of(new Step.Clean())),
                        Tuple.of(
                                2,
                                Arbitraries.integers()
                                        .between(1, 900)
                                        .map(Step.Wait::new)
                                        .map(Step.class::cast)),
                        Tuple.of(1, Arbitraries.of(new Step.Kill())),
                        Tuple.of(1, Arbitraries.of(new Step.Crash())),
                        Tuple.of(1, Arbitraries.of(new Step.Restart())));
        return step.list().ofMinSize(8).ofMaxSize(60);
    }

    /// A batch of the dull model: its records by offset, and from when on its tombstones may go.
    private static final class Batch {
        final TreeMap<Long, String> keys = new TreeMap<>();
        final Map<Long, String> values = new HashMap<>();
        long horizonMs = -1;
    }

    private static final class Model {
        final List<Batch> batches = new ArrayList<>();
        final Map<Integer, Integer> sequences = new HashMap<>();
        final Map<Integer, ByteBuffer> lastSent = new HashMap<>();
        long end;

        /// The dull way: of each key below `limit` the last record.
        void clean(long limit, long nowMs) {
            var last = new HashMap<String, Long>();
            for (var batch : batches) {
                batch.keys.headMap(limit).forEach((offset, key) -> last.put(key, offset));
            }
            for (var batch : batches) {
                boolean gone = batch.horizonMs >= 0 && batch.horizonMs <= nowMs;
                batch.keys
                        .headMap(limit)
                        .entrySet()
                        .removeIf(record ->
                                last.get(record.getValue()) > record.getKey()
                                        || (gone && batch.values.get(record.getKey()) == null));
                boolean tombstone =
                        batch.keys.headMap(limit).keySet().stream()
                                .anyMatch(offset -> batch.values.get(offset) == null);
                if (tombstone && batch.horizonMs < 0) {
                    batch.horizonMs = nowMs + RETENTION_MS;
                }
            }
        }

        List<String> texts() {
            var all = new ArrayList<String>();
            for (var batch : batches) {
                batch.keys.forEach((offset, key) ->
                        all.add(offset + ":" + key + "=" + batch.values.get(offset)));
            }
            return all;
        }
    }

    /// What remains is what the dull computation leaves, in order, whatever codecs, producers,
    /// segment ends, stops and crashes there were; and the last batch of each producer is known.
    @Property(tries = 100)
    void leavesWhatTheDullComputationLeaves(
            @ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var disk = new SimDisk(diskSeed);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        var model = new Model();

        for (var step : steps) {
            take(step, fixture, disk, model, CleanedLog.AMPLE);
            assertThat(CleanedLog.texts(fixture.log)).isEqualTo(model.texts());
            assertThat(fixture.log.logEndOffset()).isEqualTo(model.end);
        }
        for (var again : model.lastSent.values()) {
            assertThat(fixture.append(again.duplicate())).isInstanceOf(Duplicate.class);
        }
        fixture.close();
    }

    /// With memory for three keys it takes many rounds. Every record that is left is the one that
    /// was written at its offset, and of each key the last one is there.
    @Property(tries = 100)
    void neverLosesALastValueHoweverLittleMemoryThereIs(
            @ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var disk = new SimDisk(diskSeed);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        var written = new Model();
        var scarce = new LogCleaner.Memory(4 * 24, 4096, 0.9);

        for (var step : steps) {
            if (step instanceof Step.Clean) {
                CleanedLog.clean(fixture, scarce);
            } else {
                take(step, fixture, disk, written, scarce);
            }
            var found = CleanedLog.texts(fixture.log);
            assertThat(written.texts()).containsSubsequence(found);
            var last = new HashMap<String, String>();
            for (var batch : written.batches) {
                batch.keys.forEach((offset, key) ->
                        last.put(key, offset + ":" + key + "=" + batch.values.get(offset)));
            }
            last.values().removeIf(text -> text.endsWith("=null"));
            assertThat(found).containsAll(last.values());
        }
        fixture.close();
    }

    private static void take(
            Step step, LogFixture fixture, SimDisk disk, Model model, LogCleaner.Memory memory) {
        switch (step) {
            case Step.Append append -> append(fixture, model, append);
            case Step.Clean() -> {
                var result = CleanedLog.clean(fixture, memory);
                if (result != null) {
                    model.clean(result.cleanedUpTo(), fixture.clock.wallMs());
                }
            }
            case Step.Wait(var ms) -> {
                fixture.clock.advance(ms);
                fixture.directory().checkpoint();
            }
            case Step.Kill() -> {
                disk.kill();
                fixture.open();
            }
            case Step.Crash() -> {
                fixture.log.flush();
                disk.crash();
                fixture.open();
            }
            case Step.Restart() -> fixture.reopenCleanly();
        }
    }

    private static void append(LogFixture fixture, Model model, Step.Append step) {
        var written = new Batch();
        var batch = TestBatches.batch().compressed(Compression.of(step.codec()).build());
        if (step.producer() >= 0) {
            int sequence =
                    model.sequences.merge(step.producer(), step.records().size(), Integer::sum);
            batch.producer(100 + step.producer(), 0, sequence - step.records().size());
        }
        for (var draft : step.records()) {
            var key = "k" + draft.key();
            var value = draft.tombstone() ? null : "v" + model.end;
            batch.record(1_000 + model.end, key, value);
            written.keys.put(model.end, key);
            written.values.put(model.end, value);
            model.end++;
        }
        var built = batch.build();
        assertThat(fixture.append(built)).isInstanceOf(Appended.class);
        model.batches.add(written);
        if (step.producer() >= 0) {
            model.lastSent.put(step.producer(), built);
        }
    }
}
