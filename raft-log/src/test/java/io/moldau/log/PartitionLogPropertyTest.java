package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.batch.TestBatches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class PartitionLogPropertyTest {
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("segment.bytes", "1000")
                    .with("index.interval.bytes", "150")
                    .with("file.delete.delay.ms", "1000");

    sealed interface Step {
        record Append(int records) implements Step {}

        record Flush() implements Step {}

        record Checkpoint() implements Step {}

        record Crash() implements Step {}

        record Kill() implements Step {}

        record Restart() implements Step {}

        record Truncate(int percent) implements Step {}

        record Forget(int percent) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var percents = Arbitraries.integers().between(0, 100);
        Arbitrary<Step> step =
                Arbitraries.frequencyOf(
                        Tuple.of(
                                12,
                                Arbitraries.integers()
                                        .between(1, 6)
                                        .map(Step.Append::new)
                                        .map(Step.class::cast)),
                        Tuple.of(3, Arbitraries.of(new Step.Flush())),
                        Tuple.of(1, Arbitraries.of(new Step.Checkpoint())),
                        Tuple.of(2, Arbitraries.of(new Step.Crash())),
                        Tuple.of(1, Arbitraries.of(new Step.Kill())),
                        Tuple.of(1, Arbitraries.of(new Step.Restart())),
                        Tuple.of(1, percents.map(Step.Truncate::new).map(Step.class::cast)),
                        Tuple.of(1, percents.map(Step.Forget::new).map(Step.class::cast)));
        return step.list().ofMinSize(5).ofMaxSize(60);
    }

    /// The dull model: one string for each record, and where each batch begins.
    private static final class Model {
        final List<String> values = new ArrayList<>();
        final List<Integer> batchStarts = new ArrayList<>();
        long flushed;
        long start;
        long checkpointedStart;

        void cutTo(long end) {
            while (values.size() > end) {
                values.removeLast();
            }
            batchStarts.removeIf(batch -> batch >= end);
            flushed = Math.min(flushed, end);
        }

        /// The batch boundary that is `percent` of the way from the start to the end.
        int boundary(int percent) {
            long wanted = start + (values.size() - start) * percent / 100;
            return batchStarts.stream()
                    .filter(batch -> batch <= wanted && batch >= start)
                    .reduce((_, later) -> later)
                    .orElse(values.size());
        }
    }

    /// A crash never takes back an offset that a flush had promised, never leaves a gap, and never
    /// makes up a record; whatever else happens, a list of strings could not do better.
    @Property(tries = 200)
    void holdsWhatAListWouldHold(@ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var disk = new SimDisk(diskSeed);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        var model = new Model();

        for (var step : steps) {
            switch (step) {
                case Step.Append(var records) -> append(fixture, model, records);
                case Step.Flush() -> {
                    fixture.log.flush();
                    model.flushed = fixture.log.logEndOffset();
                }
                case Step.Checkpoint() -> {
                    fixture.clock.advance(600);
                    fixture.directory().checkpoint();
                    model.checkpointedStart = model.start;
                }
                case Step.Crash() -> {
                    disk.crash();
                    fixture.open();
                    afterCrash(fixture, model);
                }
                case Step.Kill() -> {
                    disk.kill();
                    fixture.open();
                    model.start = fixture.log.logStartOffset();
                }
                case Step.Restart() -> {
                    fixture.reopenCleanly();
                    model.flushed = model.values.size();
                    model.checkpointedStart = model.start;
                }
                case Step.Truncate(var percent) -> {
                    int offset = model.boundary(percent);
                    fixture.log.truncateTo(offset);
                    model.cutTo(offset);
                }
                case Step.Forget(var percent) -> {
                    int offset = model.boundary(percent);
                    fixture.log.advanceLogStart(offset);
                    model.start = Math.max(model.start, offset);
                }
            }
            assertThat(fixture.log.logStartOffset()).isEqualTo(model.start);
            assertThat(fixture.log.logEndOffset()).isEqualTo(model.values.size());
            assertThat(fixture.values(model.start))
                    .isEqualTo(model.values.subList((int) model.start, model.values.size()));
            if (model.start < model.values.size()) {
                assertThat(fixture.log.epochOf(model.start)).hasValue(LogFixture.EPOCH);
            }
            if (model.values.isEmpty()) {
                assertThat(fixture.log.latestEpoch()).isEqualTo(-1);
            }
        }
        fixture.close();
    }

    private static void append(LogFixture fixture, Model model, int records) {
        int base = model.values.size();
        var batch = TestBatches.batch().timestamps(base * 10L);
        for (int i = 0; i < records; i++) {
            batch.record("v" + model.values.size());
            model.values.add(model.values.size() + "=v" + model.values.size());
        }
        model.batchStarts.add(base);
        var result = fixture.append(batch.build());
        assertThat(((Appended) result).baseOffset()).isEqualTo(base);
    }

    private static void afterCrash(LogFixture fixture, Model model) {
        long end = fixture.log.logEndOffset();
        assertThat(end).isBetween(model.flushed, (long) model.values.size());
        model.cutTo(end);
        model.start = fixture.log.logStartOffset();
        assertThat(model.start).isGreaterThanOrEqualTo(Math.min(model.checkpointedStart, end));
    }

    /// Sent again after any crash, an idempotent producer's batches are there once.
    @Property(tries = 100)
    void neverHoldsAProducersBatchTwice(@ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var disk = new SimDisk(diskSeed);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        int sequence = 0;

        for (var step : steps) {
            switch (step) {
                case Step.Append(_) -> sequence = send(fixture, sequence);
                case Step.Flush() -> fixture.log.flush();
                case Step.Checkpoint() -> fixture.directory().checkpoint();
                case Step.Kill(), Step.Crash() -> {
                    fixture.log.flush(); // What is acknowledged is flushed, in this cluster.
                    disk.crash();
                    fixture.open();
                }
                case Step.Restart() -> fixture.reopenCleanly();
                case Step.Truncate(_), Step.Forget(_) -> {
                    // Not what this property is about.
                }
            }
            for (int again = Math.max(0, sequence - 5); again < sequence; again++) {
                assertThat(fixture.append(one(again))).isInstanceOf(Duplicate.class);
            }
        }
        assertThat(fixture.log.logEndOffset()).isEqualTo(sequence);
        fixture.close();
    }

    private static int send(LogFixture fixture, int sequence) {
        assertThat(fixture.append(one(sequence))).isInstanceOf(Appended.class);
        return sequence + 1;
    }

    private static ByteBuffer one(int sequence) {
        return TestBatches.batch().producer(5, 0, sequence).records(1).build();
    }
}
