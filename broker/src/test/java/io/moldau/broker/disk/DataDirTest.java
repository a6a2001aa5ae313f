package io.moldau.broker.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import io.moldau.env.DiskTrouble;
import io.moldau.log.LogDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {
    private static final Watermarks MARKS = new Watermarks(1_000_000, 500_000, 1_250_000);
    private static final int RESERVE = 200_000;

    @TempDir Path folder;
    private final FaultyDisk disk = new FaultyDisk();
    private DataDir dir;
    private long nowMs;

    @BeforeEach
    void open() {
        dir = DataDir.of(LogDirectory.open(folder, disk, Clock.system(), 8), disk, MARKS, RESERVE);
    }

    @AfterEach
    void close() {
        disk.heal(folder);
        dir.close();
    }

    private boolean lookAfter(long passedMs) {
        nowMs += passedMs;
        return dir.look(nowMs);
    }

    @Test
    void tellsOnceThatTheDiskFillsAndOnceThatThereIsRoomAgain() {
        assertThat(lookAfter(0)).isFalse();

        disk.setUsable(999_999);
        assertThat(lookAfter(1_000)).isTrue();
        assertThat(dir.room()).isEqualTo(Room.LOW);
        assertThat(dir.problem()).contains("nearly full").contains(folder.toString());
        assertThat(lookAfter(1_000)).isFalse();

        disk.setUsable(1_250_000);
        assertThat(lookAfter(1_000)).isTrue();
        assertThat(dir.problem()).isEmpty();
    }

    /// A second between two looks is long for a fast producer.
    @Test
    void whatIsWrittenCountsBeforeTheNextLook() {
        disk.setUsable(1_500_000);
        lookAfter(0);

        dir.onWritten(400_000);
        assertThat(dir.room()).isEqualTo(Room.ENOUGH);
        dir.onWritten(200_000);

        assertThat(dir.room()).isEqualTo(Room.LOW);
        assertThat(lookAfter(10)).isFalse(); // There is room after all: nobody had been told.
        assertThat(dir.room()).isEqualTo(Room.ENOUGH);
    }

    @Test
    void aDiskThatRefusesForWantOfRoomIsBelievedForAWhileWhateverItsFiguresSay() {
        lookAfter(0);

        dir.onFull();

        assertThat(dir.room()).isEqualTo(Room.CRITICAL);
        assertThat(lookAfter(10)).isTrue();
        lookAfter(9_000);
        assertThat(dir.room()).isEqualTo(Room.CRITICAL);
        lookAfter(2_000);
        assertThat(dir.room()).isEqualTo(Room.ENOUGH);
    }

    @Test
    void theReserveIsGivenUpWhenNothingElseIsLeftAndTakenBackWithRoomForMore() throws IOException {
        var reserve = folder.resolve(".reserve");
        lookAfter(0);
        dir.holdReserve();
        assertThat(Files.size(reserve)).isEqualTo(RESERVE);

        disk.setUsable(400_000);
        lookAfter(1_000);
        assertThat(reserve).exists();
        disk.setUsable(200_000);
        lookAfter(1_000);
        assertThat(reserve).doesNotExist();

        disk.setUsable(1_300_000);
        lookAfter(1_000);
        dir.holdReserve();
        assertThat(reserve).doesNotExist();
        disk.setUsable(1_500_000);
        lookAfter(1_000);
        dir.holdReserve();
        assertThat(reserve).exists();
    }

    @Test
    void aDiskThatFailsItsTrialIsOfflineAndTriedAgainFromTimeToTime() {
        lookAfter(0);
        disk.refuse(folder, FaultyDisk.BROKEN);
        dir.suspect();

        assertThat(lookAfter(10)).isTrue();
        assertThat(dir.isOnline()).isFalse();
        assertThat(dir.problem()).contains("offline").contains(FaultyDisk.BROKEN);

        disk.heal(folder);
        assertThat(lookAfter(1_000)).isFalse();
        assertThat(lookAfter(5_000)).isTrue();
        assertThat(dir.isOnline()).isTrue();
    }

    @Test
    void aDiskThatPassesItsTrialStaysInUse() {
        lookAfter(0);
        dir.suspect();

        assertThat(lookAfter(10)).isFalse();

        assertThat(dir.isOnline()).isTrue();
        assertThat(folder.resolve(".probe")).doesNotExist();
    }

    @Test
    void wantOfDescriptorsIsNoFaultOfTheDisk() {
        lookAfter(0);
        disk.refuse(folder.resolve(".probe"), FaultyDisk.TOO_MANY);
        dir.suspect();

        lookAfter(10);

        assertThat(dir.isOnline()).isTrue();
    }

    /// The system's words are in the user's language.
    @Test
    void anUnknownErrorOnADiskWithNothingLeftIsWantOfRoom() {
        var refusal = new UncheckedIOException(new IOException("Kein Platz mehr auf dem Gerät"));

        assertThat(dir.troubleOf(refusal)).isEqualTo(DiskTrouble.FAILED);
        disk.setUsable(4_096);
        assertThat(dir.troubleOf(refusal)).isEqualTo(DiskTrouble.FULL);
    }
}
