package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubPositionTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 3);
    private static final long DAY = 86_400_000;
    private static final long NOW = 1_795_278_063_159L;

    @TempDir Path root;

    private ScrubPosition found() {
        return ScrubPosition.read(Disk.system(), root);
    }

    @Test
    void goesOnWhereAnEarlierProcessStopped() {
        // given
        try (var directory = LogDirectory.open(root, Clock.system(), 10)) {
            directory.noteScrub(directory.scrubPosition().at(ORDERS, 418));
        }

        // when
        var position = found();

        // then
        assertThat(position.startOf(new TopicPartition("orders", 2))).isEqualTo(-1);
        assertThat(position.startOf(new TopicPartition("a", 9))).isEqualTo(-1);
        assertThat(position.startOf(ORDERS)).isEqualTo(418);
        assertThat(position.startOf(new TopicPartition("orders", 10))).isZero();
        assertThat(position.startOf(new TopicPartition("z", 0))).isZero();
        assertThat(position.dueInMs(NOW, 7 * DAY)).isZero();
    }

    @Test
    void waitsForTheRestOfTheIntervalAfterARound() {
        // given
        ScrubPosition.ended(NOW).write(Disk.system(), root);

        // when
        var position = found();

        // then
        assertThat(position.dueInMs(NOW + 5 * DAY, 7 * DAY)).isEqualTo(2 * DAY);
        assertThat(position.dueInMs(NOW + 8 * DAY, 7 * DAY)).isZero();
        assertThat(position.startOf(ORDERS)).isZero();
    }

    /// A clock that was set back.
    @Test
    void waitsNoLongerThanTheInterval() {
        assertThat(ScrubPosition.ended(NOW + 300 * DAY).dueInMs(NOW, 7 * DAY)).isEqualTo(7 * DAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0\n1\n", "0\n1\n17 orders", "0\n1\n17 orders 3\n", "0\n1\nx\n"})
    void beginsAnewWhereNothingLegibleIsFound(String content) throws Exception {
        // given
        Files.writeString(root.resolve(ScrubPosition.FILE), content);

        // when
        var position = found();

        // then
        assertThat(position.startOf(ORDERS)).isZero();
        assertThat(position.dueInMs(NOW, 7 * DAY)).isZero();
    }
}
