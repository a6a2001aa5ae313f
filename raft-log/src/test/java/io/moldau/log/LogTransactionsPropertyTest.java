package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.batch.EndMarker;
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
import org.apache.kafka.clients.consumer.internals.CommittedReader;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Interleaved transactions, truncations and crashes, beside a list of batches.
class LogTransactionsPropertyTest {
    private static final int PRODUCERS = 4;
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("segment.bytes", "900")
                    .with("index.interval.bytes", "150")
                    .with("file.delete.delay.ms", "1000");

    sealed interface Step {
        record Send(int producer, int records) implements Step {}

        record Plain(int records) implements Step {}

        record End(int producer, boolean commits, boolean raisesEpoch) implements Step {}

        record Truncate(int batchesBack) implements Step {}

        record Flush() implements Step {}

        record Crash() implements Step {}

        record Kill() implements Step {}

        record Restart() implements Step {}

        record Forget(int percent) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var producers = Arbitraries.integers().between(0, PRODUCERS - 1);
        var records = Arbitraries.integers().between(1, 4);
        var flags = Arbitraries.of(true, false);
        Arbitrary<Step> send = producers.flatMap(p -> records.map(n -> new Step.Send(p, n)));
        Arbitrary<Step> plain = records.map(Step.Plain::new);
        Arbitrary<Step> end =
                producers.flatMap(
                        p -> flags.flatMap(c -> flags.map(raise -> new Step.End(p, c, raise))));
        Arbitrary<Step> truncate = Arbitraries.integers().between(1, 8).map(Step.Truncate::new);
        Arbitrary<Step> forget = Arbitraries.integers().between(0, 100).map(Step.Forget::new);
        Arbitrary<Step> step =
                Arbitraries.frequencyOf(
                        Tuple.of(12, send),
                        Tuple.of(3, plain),
                        Tuple.of(8, end),
                        Tuple.of(2, truncate),
                        Tuple.of(2, Arbitraries.of(new Step.Flush())),
                        Tuple.of(2, Arbitraries.of(new Step.Crash())),
                        Tuple.of(1, Arbitraries.of(new Step.Kill())),
                        Tuple.of(1, Arbitraries.of(new Step.Restart())),
                        Tuple.of(1, forget));
        return step.list().ofMinSize(5).ofMaxSize(80);
    }

    /// One batch of the dull model. A batch without values is a marker.
    ///
    /// @param producer -1 for a plain batch
    private record Batch(
            int producer,
            int epoch,
            int sequence,
            long offset,
            List<String> values,
            boolean commits) {
        boolean isMarker() {
            return values.isEmpty();
        }

        long endOffset() {
            return offset + Math.max(1, values.size());
        }
    }

    /// What the records say when one looks at all of them.
    private static final class Model {
        final List<Batch> batches = new ArrayList<>();
        long start;

        /// After a crash nothing may be known of what lies before the first segment.
        long rememberedFrom;

        long end() {
            return batches.isEmpty() ? 0 : batches.getLast().endOffset();
        }

        /// The same with what a crash may have taken from memory gone.
        Model forgetful(long firstSegment) {
            var other = new Model();
            other.batches.addAll(batches);
            other.start = start;
            other.rememberedFrom = firstSegment;
            return other;
        }

        void cutTo(long offset) {
            batches.removeIf(batch -> batch.offset() >= offset);
            start = Math.min(start, offset);
        }

        /// The producer's next epoch and sequence.
        int[] next(int producer) {
            int epoch = 0;
            int sequence = 0;
            for (var batch : batches) {
                if (batch.producer() == producer) {
                    boolean raised = batch.epoch() != epoch;
                    epoch = batch.epoch();
                    sequence =
                            batch.isMarker()
                                    ? (raised ? 0 : sequence)
                                    : batch.sequence() + batch.values().size();
                }
            }
            return new int[] {epoch, sequence};
        }

        /// First offset of the producer's open transaction; -1 when there is none.
        long openSince(int producer) {
            long since = -1;
            for (var batch : batches) {
                if (batch.producer() == producer && batch.offset() >= rememberedFrom) {
                    since = batch.isMarker() ? -1 : since >= 0 ? since : batch.offset();
                }
            }
            return since;
        }

        long stableOffset() {
            long stable = end();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                long since = openSince(producer);
                stable = since < 0 ? stable : Math.min(stable, since);
            }
            return Math.max(stable, start);
        }

        /// Every committed value from `from` on, one after the other.
        List<String> committed(long from) {
            var values = new ArrayList<String>();
            long stable = stableOffset();
            for (int i = 0; i < batches.size(); i++) {
                var batch = batches.get(i);
                if (batch.isMarker() || batch.offset() >= stable) {
                    continue;
                }
                if (batch.producer() < 0 || endsWell(i)) {
                    for (int n = 0; n < batch.values().size(); n++) {
                        if (batch.offset() + n >= from) {
                            values.add((batch.offset() + n) + "=" + batch.values().get(n));
                        }
                    }
                }
            }
            return values;
        }

        private boolean endsWell(int index) {
            int producer = batches.get(index).producer();
            return batches.subList(index, batches.size()).stream()
                    .filter(batch -> batch.producer() == producer && batch.isMarker())
                    .findFirst()
                    .map(Batch::commits)
                    .orElse(false);
        }
    }

    /// Whatever happens, a reader of committed records sees what a look at all records would let it
    /// see, from wherever it begins and however small its steps are.
    @Property(tries = 200)
    void showsReadersOfCommittedRecordsWhatTheMarkersSay(
            @ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var disk = new SimDisk(diskSeed);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        var model = new Model();
        int value = 0;
        boolean crashed = false;
        for (var step : steps) {
            switch (step) {
                case Step.Send(var producer, var records) -> {
                    value = send(fixture, model, producer, records, value);
                }
                case Step.Plain(var records) -> value = send(fixture, model, -1, records, value);
                case Step.End end -> end(fixture, model, end);
                case Step.Truncate(var back) -> {
                    int index = Math.max(0, model.batches.size() - back);
                    long offset =
                            index < model.batches.size()
                                    ? model.batches.get(index).offset()
                                    : model.end();
                    long to = Math.max(offset, model.start);
                    fixture.log.truncateTo(to);
                    model.cutTo(fixture.log.logEndOffset());
                }
                case Step.Flush() -> fixture.log.flush();
                case Step.Crash() -> {
                    disk.crash();
                    fixture.open();
                    model.cutTo(fixture.log.logEndOffset());
                    model.start = fixture.log.logStartOffset();
                }
                case Step.Kill() -> {
                    disk.kill();
                    fixture.open();
                    model.start = fixture.log.logStartOffset();
                }
                case Step.Restart() -> fixture.reopenCleanly();
                case Step.Forget(var percent) -> {
                    if (!model.batches.isEmpty()) {
                        int index = model.batches.size() * percent / 101;
                        fixture.log.advanceLogStart(model.batches.get(index).offset());
                        model.start = fixture.log.logStartOffset();
                    }
                }
            }
            crashed |= step instanceof Step.Crash;
            compare(fixture, model, crashed);
        }
        fixture.close();
    }

    private static void compare(LogFixture fixture, Model model, boolean crashed) {
        assertThat(fixture.log.logEndOffset()).isEqualTo(model.end());
        var segments = fixture.log.facts(0, 0).segments();
        long first = crashed && !segments.isEmpty() ? segments.getFirst().baseOffset() : 0;
        var forgetful = model.forgetful(first);
        assertThat(stableOffset(fixture)).isIn(model.stableOffset(), forgetful.stableOffset());
        for (long from = model.start; from <= model.end(); from += 7) {
            assertThat(committed(fixture, from, 400))
                    .isIn(model.committed(from), forgetful.committed(from));
        }
        assertThat(committed(fixture, model.start, 1 << 20))
                .isIn(model.committed(model.start), forgetful.committed(model.start));
    }

    private static long stableOffset(LogFixture fixture) {
        return fixture.log.lastStableOffset(fixture.log.logEndOffset());
    }

    private static int send(
            LogFixture fixture, Model model, int producer, int records, int firstValue) {
        int[] next = producer < 0 ? new int[] {-1, -1} : model.next(producer);
        var batch = TestBatches.batch().timestamps(fixture.clock.wallMs());
        if (producer >= 0) {
            batch.producer(producer, next[0], next[1]).transactional();
        }
        var values = new ArrayList<String>();
        for (int i = 0; i < records; i++) {
            values.add("v" + (firstValue + i));
            batch.record(values.getLast());
        }
        var result =
                fixture.log.append(
                        batch.build(),
                        producer < 0 ? AppendMode.CLIENT : AppendMode.TRANSACTION,
                        LogFixture.EPOCH,
                        fixture.clock.wallMs());
        assertThat(result).isInstanceOf(Appended.class);
        long offset = ((Appended) result).baseOffset();
        model.batches.add(new Batch(producer, next[0], next[1], offset, values, false));
        return firstValue + records;
    }

    private static void end(LogFixture fixture, Model model, Step.End end) {
        int epoch = model.next(end.producer())[0] + (end.raisesEpoch() ? 1 : 0);
        var marker = new EndMarker(end.producer(), (short) epoch, 0, end.commits());
        var result = fixture.log.appendMarker(marker, LogFixture.EPOCH, fixture.clock.wallMs());
        long offset = ((Appended) result).baseOffset();
        model.batches.add(new Batch(end.producer(), epoch, -1, offset, List.of(), end.commits()));
    }

    /// What Kafka's own consumer makes of the answers.
    private static List<String> committed(LogFixture fixture, long from, int maxBytes) {
        var consumer = new CommittedReader();
        for (long next = from; next < stableOffset(fixture); ) {
            long stable = stableOffset(fixture);
            var read = fixture.log.read(next, stable, maxBytes, true);
            var answer =
                    new PartitionData()
                            .setHighWatermark(fixture.log.logEndOffset())
                            .setLastStableOffset(stable)
                            .setAbortedTransactions(aborted(fixture, read, stable));
            var bytes = LogFixture.bytes(read);
            next = consumer.take(answer.setRecords(MemoryRecords.readableRecords(bytes)), next);
        }
        return consumer.values();
    }

    private static List<AbortedTransaction> aborted(
            LogFixture fixture, LogRead read, long stableOffset) {
        return fixture.log.abortedIn(read, stableOffset).stream()
                .map(one ->
                        new AbortedTransaction()
                                .setProducerId(one.producerId())
                                .setFirstOffset(one.firstOffset()))
                .toList();
    }

    /// The same records arrive at a follower as its leader has them, and it shows the same.
    @Property(tries = 100)
    void aFollowerShowsTheSame(@ForAll("steps") List<Step> steps, @ForAll long diskSeed) {
        var leader = new LogFixture(Path.of("/sim/log"), new SimDisk(diskSeed), CONFIG);
        var follower = new LogFixture(Path.of("/sim/log"), new SimDisk(diskSeed + 1), CONFIG);
        var model = new Model();
        int value = 0;
        for (var step : steps) {
            switch (step) {
                case Step.Send(var producer, var records) ->
                        value = send(leader, model, producer, records, value);
                case Step.Plain(var records) -> value = send(leader, model, -1, records, value);
                case Step.End end -> end(leader, model, end);
                case Step.Kill() -> follower.reopenAfterKill();
                case Step.Restart() -> replicate(leader, follower);
                case Step.Truncate _, Step.Flush _, Step.Crash _, Step.Forget _ -> {
                    // The other property's business.
                }
            }
        }
        replicate(leader, follower);
        assertThat(stableOffset(follower)).isEqualTo(model.stableOffset());
        assertThat(committed(follower, 0, 500)).isEqualTo(model.committed(0));
        assertThat(follower.log.activeProducers())
                .containsExactlyInAnyOrderElementsOf(leader.log.activeProducers());
        leader.close();
        follower.close();
    }

    private static void replicate(LogFixture leader, LogFixture follower) {
        while (follower.log.logEndOffset() < leader.log.logEndOffset()) {
            var batches = leader.log.readWhole(follower.log.logEndOffset(), 700);
            var bytes = ByteBuffer.allocate(batches.slice().length());
            batches.slice().readFully(bytes);
            batches.slice().release();
            follower.log.append(
                    bytes.flip(), AppendMode.REPLICA, LogFixture.EPOCH, follower.clock.wallMs());
        }
    }
}
