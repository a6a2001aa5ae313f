package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.TestBatches;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentSwapTest {
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("cleanup.policy", "compact")
                    .with("segment.bytes", "400")
                    .with("index.interval.bytes", "100");

    private static final int STEPS_MAX = 60;

    private List<String> cleaned;

    /// Ten batches of five keys, so that only the last values of the closed ones stay.
    private static void fill(LogFixture fixture) {
        for (int i = 0; i < 10; i++) {
            fixture.append(1, 5);
        }
        fixture.log.flush();
        fixture.directory().checkpoint();
    }

    @BeforeEach
    void knowWhatStays() {
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(1), CONFIG);
        fill(fixture);
        CleanedLog.clean(fixture);
        cleaned = CleanedLog.texts(fixture.log);
        assertThat(cleaned.size()).isLessThan(40);
        fixture.close();
    }

    /// Wherever the machine dies, and whatever of the renames it forgets, the log is found as it
    /// was or compacted in part: the records that compaction keeps are all there, each at its
    /// offset, and the next compaction leaves these.
    @Test
    void keepsEveryLastValueWhereverTheMachineDies() {
        int died = 0;
        for (int step = 0; step < STEPS_MAX; step++) {
            for (long seed = 0; seed < 8; seed++) {
                died += diesAt(step, seed) ? 1 : 0;
            }
        }
        assertThat(died).isGreaterThan(80);
    }

    private boolean diesAt(int step, long seed) {
        var sim = new SimDisk(seed);
        var disk = new FailingDisk(sim);
        var fixture = new LogFixture(Path.of("/sim/log"), disk, CONFIG);
        fill(fixture);
        var before = CleanedLog.texts(fixture.log);

        disk.failAfter(step);
        var death = catchThrowable(() -> CleanedLog.clean(fixture));
        disk.mend();
        sim.crash();
        fixture.open();

        var found = CleanedLog.texts(fixture.log);
        assertThat(found).as("step %d, seed %d", step, seed).containsAll(cleaned);
        assertThat(before).containsSubsequence(found);
        assertThat(fixture.log.logEndOffset()).isEqualTo(50);
        CleanedLog.clean(fixture);
        assertThat(CleanedLog.texts(fixture.log)).isEqualTo(cleaned);
        assertThat(sim.list(fixture.folder()))
                .noneMatch(name -> name.endsWith(".swap") || name.endsWith(".cleaned"));
        return death != null;
    }

    @Test
    void doesNothingToALogThatWasTruncatedMeanwhile() {
        // given
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(1), CONFIG);
        fill(fixture);
        var job = fixture.log.cleaning().begin(fixture.clock.wallMs(), 50);
        fixture.log.truncateTo(20);
        var before = CleanedLog.texts(fixture.log);

        // when
        var refusal =
                catchThrowable(
                        () -> CleanedLog.cleaner(fixture.log, job, CleanedLog.AMPLE).clean());

        // then
        assertThat(refusal).hasMessage("the log has changed");
        assertThat(CleanedLog.texts(fixture.log)).isEqualTo(before);
        assertThat(fixture.log.cleaning().cleanedUpTo()).isZero();
        fixture.close();
    }

    @Test
    void readersOfTheOldFilesGoOnReading() {
        // given
        var fixture = new LogFixture(Path.of("/sim/log"), new SimDisk(1), CONFIG);
        fill(fixture);
        var read = fixture.log.read(0, Long.MAX_VALUE, 1 << 20, true);

        // when
        CleanedLog.clean(fixture);
        fixture.clock.advance(120_000);
        fixture.directory().checkpoint();

        // then
        assertThat(TestBatches.values(LogFixture.bytes(read))).hasSizeGreaterThanOrEqualTo(5);
        fixture.close();
    }
}
