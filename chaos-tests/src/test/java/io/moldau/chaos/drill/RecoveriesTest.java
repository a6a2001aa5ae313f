package io.moldau.chaos.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecoveriesTest {
    @Test
    void tellsMedianAndWorst() {
        var recoveries = new Recoveries();
        for (int seconds = 1; seconds <= 100; seconds++) {
            recoveries.add(Duration.ofSeconds(seconds));
        }

        assertThat(recoveries.percentileSeconds(0.5)).isEqualTo(50);
        assertThat(recoveries.percentileSeconds(0.99)).isEqualTo(99);
        assertThat(recoveries)
                .hasToString(
                        "all replicas in sync again after p50 50.0 s, p99 99.0 s, at most 100.0 s (100 times)");
    }

    @Test
    void tellsNothingOfNothing() {
        assertThat(new Recoveries().percentileSeconds(0.5)).isZero();
    }
}
