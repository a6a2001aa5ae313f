package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTargetTest {
    @Test
    void readsEveryWayToNameAPlace() {
        assertThat(OffsetTarget.parse("beginning")).isEqualTo(new OffsetTarget.Earliest());
        assertThat(OffsetTarget.parse("latest")).isEqualTo(new OffsetTarget.Latest());
        assertThat(OffsetTarget.parse("42")).isEqualTo(new OffsetTarget.At(42));
        assertThat(OffsetTarget.parse("-3")).isEqualTo(new OffsetTarget.Shift(-3));
        assertThat(OffsetTarget.parse("+3")).isEqualTo(new OffsetTarget.Shift(3));
        assertThat(OffsetTarget.parse("@1767225600000"))
                .isEqualTo(new OffsetTarget.Since(1767225600000L));
        assertThat(OffsetTarget.parse("@2026-01-01T00:00:00Z"))
                .isEqualTo(new OffsetTarget.Since(1767225600000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "1.5", "@tomorrow", "--3", "99999999999999999999"})
    void saysWhatNamesNoPlace(String text) {
        assertThatThrownBy(() -> OffsetTarget.parse(text))
                .isInstanceOf(CliException.class)
                .hasMessageMatching(".* is no (place in a topic|time); .*");
    }
}
