package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A log against a disk that does whatever a disk may do.
///
/// `-Dmoldau.disk.histories=200000` runs as many; `-Dmoldau.disk.seed=7` tells one of them.
class DiskHistoriesTest {
    private static final long HISTORIES = Long.getLong("moldau.disk.histories", 1000);
    private static final long BUDGET = 3000;

    /// What a flush promised is never lost, what an offset holds never changes, nothing is made up,
    /// and damage is found.
    @Test
    void holdsWhatItPromisesWhateverTheDiskDoes() {
        long first = Long.getLong("moldau.disk.seed", -1);
        if (first >= 0) {
            tell(first, PlantedLogBug.NONE);
            return;
        }
        long origin = Long.getLong("moldau.disk.origin", 0);
        long begin = System.nanoTime();
        for (long seed = origin; seed < origin + HISTORIES; seed++) {
            tell(seed, PlantedLogBug.NONE);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                "%d histories of a log on a hostile disk, %.0f a second%n",
                HISTORIES, HISTORIES / seconds);
    }

    /// Of each key the last record that survived is there, and nothing that was not written.
    /// `-Dmoldau.disk.compacted=7` tells one.
    @Test
    void keepsTheLastRecordOfEveryKeyWhateverTheDiskDoes() {
        long only = Long.getLong("moldau.disk.compacted", -1);
        long origin = only >= 0 ? only : Long.getLong("moldau.disk.origin", 0);
        long end = only >= 0 ? only + 1 : origin + Math.max(300, HISTORIES / 4);
        for (long seed = origin; seed < end; seed++) {
            var history = new CompactedHistory(seed);
            try {
                history.run();
            } catch (RuntimeException | AssertionError e) {
                fail(
                        "%s%n%s%nreplay: -Dmoldau.disk.compacted=%d"
                                .formatted(e, String.join("\n", history.trace), seed),
                        e);
            }
        }
    }

    private static void tell(long seed, PlantedLogBug bug) {
        var history = new DiskHistory(seed, bug);
        try {
            history.run();
        } catch (RuntimeException | AssertionError e) {
            fail(
                    "%s%n%s%nreplay: -Dmoldau.disk.seed=%d"
                            .formatted(e, String.join("\n", history.trace), seed),
                    e);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsThePlantedBug(PlantedLogBug bug) {
        // given
        var message = new StringBuilder();

        // when
        long found =
                LongStream.range(0, BUDGET)
                        .filter(seed -> isFound(seed, bug, message))
                        .findFirst()
                        .orElse(-1);

        // then
        assertThat(found).as("%s within %d histories", bug, BUDGET).isNotNegative();
        System.out.printf("planted %s: found by history %d: %s%n", bug, found + 1, message);
    }

    private static boolean isFound(long seed, PlantedLogBug bug, StringBuilder message) {
        try {
            new DiskHistory(seed, bug).run();
            return false;
        } catch (RuntimeException | AssertionError e) {
            message.append(e.getMessage());
            return true;
        }
    }
}
