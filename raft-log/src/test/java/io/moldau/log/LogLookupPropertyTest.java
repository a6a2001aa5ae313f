package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.TestBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.compress.Compression;

class LogLookupPropertyTest {
    private static final int TIMESTAMPS = 200;

    private record Stamped(long timestampMs, long offset) {}

    /// Times that mostly rise, as they do.
    private static List<Stamped> fill(LogFixture fixture, Random random, int batches) {
        var records = new ArrayList<Stamped>();
        for (int i = 0; i < batches; i++) {
            var batch = TestBatches.batch();
            if (random.nextInt(4) == 0) {
                batch.compressed(Compression.lz4().build());
            }
            int count = 1 + random.nextInt(5);
            for (int j = 0; j < count; j++) {
                long timestamp = Math.max(0, i * TIMESTAMPS / batches + random.nextInt(20) - 10);
                records.add(new Stamped(timestamp, records.size()));
                batch.record(timestamp, "k", "v" + random.nextInt());
            }
            fixture.append(batch.build());
        }
        return records;
    }

    private static LogConfig config(Random random) {
        return LogConfig.defaults()
                .with("segment.bytes", Integer.toString(500 + random.nextInt(5_000)))
                .with("segment.ms", "1000000")
                .with("index.interval.bytes", Integer.toString(random.nextInt(1_000)));
    }

    private static Optional<Stamped> firstNotBefore(List<Stamped> records, long timestampMs) {
        return records.stream().filter(record -> record.timestampMs() >= timestampMs).findFirst();
    }

    private static void assertFinds(LogFixture fixture, List<Stamped> records, long start) {
        var living = records.subList((int) start, records.size());
        for (long timestamp = -1; timestamp < TIMESTAMPS + 15; timestamp++) {
            assertThat(
                            fixture.log
                                    .offsetForTimestamp(timestamp)
                                    .map(found -> new Stamped(found.timestampMs(), found.offset())))
                    .as("timestamp %d", timestamp)
                    .isEqualTo(firstNotBefore(living, timestamp));
        }
    }

    @Property(tries = 60)
    void findsTheRecordThatALinearSearchWouldFind(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int batches) {
        // given
        var random = new Random(seed);
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(seed), config(random));
        var records = fill(fixture, random, batches);

        // then
        assertFinds(fixture, records, 0);
        fixture.reopenCleanly();
        assertFinds(fixture, records, 0);
        long start = random.nextInt(records.size());
        fixture.log.advanceLogStart(start);
        assertFinds(fixture, records, start);
        fixture.reopenAfterKill();
        assertFinds(fixture, records, fixture.log.logStartOffset());
    }

    @Property(tries = 60)
    void findsTheFirstOfTheYoungestRecords(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int batches) {
        // given
        var random = new Random(seed);
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(seed), config(random));
        var records = fill(fixture, random, batches);

        // when
        var youngest =
                records.stream()
                        .max(
                                Comparator.comparingLong(Stamped::timestampMs)
                                        .thenComparing(Stamped::offset, Comparator.reverseOrder()))
                        .orElseThrow();
        fixture.reopenCleanly();

        // then
        assertThat(fixture.log.maxTimestamp())
                .contains(
                        new TimestampOffset(
                                youngest.timestampMs(), youngest.offset(), LogFixture.EPOCH));
    }

    @Property(tries = 60)
    void readsFromAnyOffset(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int batches) {
        // given
        var random = new Random(seed);
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(seed), config(random));
        int count = fill(fixture, random, batches).size();

        // then
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 20; i++) {
                int offset = random.nextInt(count);
                int budget = 1 + random.nextInt(2_000);
                var read = fixture.log.read(offset, Long.MAX_VALUE, budget, true);
                var values = TestBatches.values(LogFixture.bytes(read));
                assertThat(offsetOf(values.getLast())).isGreaterThanOrEqualTo(offset);
                assertThat(offsetOf(values.getFirst())).isLessThanOrEqualTo(offset);
            }
            fixture.reopenCleanly();
        }
    }

    private static long offsetOf(String value) {
        return Long.parseLong(value.substring(0, value.indexOf('=')));
    }
}
