package io.moldau.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void sharesASmallLimitAmongFilesAndConnections() {
        assertThat(Descriptors.forFiles(256)).isEqualTo(64);
        assertThat(Descriptors.forConnections(256)).isEqualTo(128);
        assertThat(Descriptors.forFiles(1_000_000)).isEqualTo(4_096);
        assertThat(Descriptors.forConnections(1_000_000)).isEqualTo(995_392);
    }

    /// Clients alone can never take the last ones.
    @Property
    void neverGivesOutMoreThanThereAre(@ForAll @LongRange(min = 128) long limit) {
        assertThat((long) Descriptors.forFiles(limit) + Descriptors.forConnections(limit))
                .isLessThanOrEqualTo(limit - 32);
    }

    @Test
    void raisesTheAlarmOnceAndAgainOnlyAfterItWasLess() {
        var alarm = new DescriptorAlarm(100);
        alarm.look(79);
        assertThat(alarm.isRaised()).isFalse();
        alarm.look(80);
        assertThat(alarm.isRaised()).isTrue();
        alarm.look(75);
        assertThat(alarm.isRaised()).isTrue();
        alarm.look(69);
        assertThat(alarm.isRaised()).isFalse();
    }

    @Test
    void aFigureThatIsUnknownIsNoAlarm() {
        var alarm = new DescriptorAlarm(100);

        alarm.look(-1);

        assertThat(alarm.isRaised()).isFalse();
    }
}
