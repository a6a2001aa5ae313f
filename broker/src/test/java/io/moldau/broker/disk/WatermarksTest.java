package io.moldau.broker.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WatermarksTest {
    private static final long GIB = 1L << 30;
    private static final Watermarks MARKS = new Watermarks(100, 50, 125);

    private static Room after(Room before, long... usable) {
        var room = before;
        for (long bytes : usable) {
            room = MARKS.after(room, bytes);
        }
        return room;
    }

    @Test
    void keepsATwentiethOfTheDiskFreeAndAtMostAGibibyte() {
        assertThat(Watermarks.of(-1, 10 * GIB).low()).isEqualTo(GIB / 2);
        assertThat(Watermarks.of(-1, 1_000 * GIB))
                .isEqualTo(new Watermarks(GIB, GIB / 2, GIB * 5 / 4));
        assertThat(Watermarks.of(400, 1_000 * GIB)).isEqualTo(new Watermarks(400, 200, 500));
    }

    @Test
    void refusesProducersFirstAndReplicasWhenHalfOfThatIsGoneToo() {
        assertThat(after(Room.ENOUGH, 100)).isEqualTo(Room.ENOUGH);
        assertThat(after(Room.ENOUGH, 99)).isEqualTo(Room.LOW);
        assertThat(after(Room.ENOUGH, 49)).isEqualTo(Room.CRITICAL);
        assertThat(after(Room.LOW, 49)).isEqualTo(Room.CRITICAL);
    }

    @Test
    void takesThemAgainOnlyWhenThereIsMoreRoomThanWhenItRefusedThem() {
        assertThat(after(Room.LOW, 124)).isEqualTo(Room.LOW);
        assertThat(after(Room.LOW, 125)).isEqualTo(Room.ENOUGH);
        assertThat(after(Room.CRITICAL, 99)).isEqualTo(Room.CRITICAL);
        assertThat(after(Room.CRITICAL, 100)).isEqualTo(Room.LOW);
        assertThat(after(Room.CRITICAL, 125)).isEqualTo(Room.ENOUGH);
    }

    @Test
    void neverRefusesWhereNothingIsToBeKeptFree() {
        assertThat(Watermarks.NONE.after(Room.ENOUGH, 0)).isEqualTo(Room.ENOUGH);
        assertThat(Watermarks.of(0, GIB).after(Room.ENOUGH, 0)).isEqualTo(Room.ENOUGH);
    }

    /// Whatever came before: what a disk with so little room is fit for is bounded both ways.
    @Property
    void theLastFigureBoundsWhatIsTaken(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 200) Integer> usable) {
        var room = Room.ENOUGH;
        for (int bytes : usable) {
            room = MARKS.after(room, bytes);
        }
        int last = usable.getLast();
        assertThat(room == Room.CRITICAL).isIn(last < 50, last < 100);
        assertThat(room == Room.ENOUGH).isIn(last >= 100, last >= 125);
    }
}
