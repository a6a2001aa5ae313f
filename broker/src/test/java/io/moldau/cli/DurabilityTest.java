package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurabilityTest {
    @Test
    void saysWhatAnAcknowledgementIsWorth() {
        assertThat(Durability.of(1, Long.MAX_VALUE)).isEqualTo("acknowledged once on the disk");
        assertThat(Durability.of(Long.MAX_VALUE, Long.MAX_VALUE))
                .isEqualTo("acknowledged once in the page cache");
        assertThat(Durability.of(500, 1_000))
                .isEqualTo(
                        "acknowledged once in the page cache, flushed every 500 records, on the"
                                + " disk within 1000 ms");
    }
}
