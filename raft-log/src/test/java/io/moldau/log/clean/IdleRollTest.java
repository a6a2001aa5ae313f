package io.moldau.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleRollTest {
    private static final long HOUR = 3_600_000;
    private static final long NOW = 1_700_000_000_000L;

    @Test
    void waitsForTheSegmentsTimeAndForRest() {
        assertThat(new IdleRoll(5_000, -1).dueMs(NOW, NOW)).isEqualTo(NOW + 5_001);
        assertThat(new IdleRoll(5_000, -1).dueMs(NOW, NOW + 9_000)).isEqualTo(NOW + 14_000);
        assertThat(new IdleRoll(HOUR, -1).dueMs(NOW - 2 * HOUR, NOW)).isEqualTo(NOW + 600_000);
    }

    @Test
    void doesNotWaitForRestWhenRetentionWantsTheOldestRecord() {
        assertThat(new IdleRoll(HOUR, 1_000).dueMs(NOW, NOW + 900)).isEqualTo(NOW + 1_001);
    }

    @Test
    void neverComesForWhatIsKeptForEver() {
        assertThat(new IdleRoll(Long.MAX_VALUE, -1).dueMs(NOW, NOW)).isEqualTo(Long.MAX_VALUE);
        assertThat(new IdleRoll(Long.MAX_VALUE, Long.MAX_VALUE).dueMs(NOW, NOW))
                .isEqualTo(Long.MAX_VALUE);
    }
}
