package io.moldau.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
    private static final int HEADER_BYTES = 12;
    private static final int BATCH_BYTES = 5_000;

    @TempDir private Path data;
    private Path folder;

    /// Ten batches of one record each in two segments, of which the first seven are synced.
    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(data.resolve("chaos-0-3"));
        Files.createDirectory(data.resolve("meta-1-0"));
        segment(0, 5);
        segment(5, 5);
        Files.write(
                data.resolve("recovery-point-offset-checkpoint"), List.of("0", "1", "chaos-0 3 7"));
    }

    private void segment(long base, int batches) throws IOException {
        var bytes = ByteBuffer.allocate(batches * BATCH_BYTES);
        for (int i = 0; i < batches; i++) {
            bytes.putLong(base + i).putInt(BATCH_BYTES - HEADER_BYTES);
            while (bytes.position() < (i + 1) * BATCH_BYTES) {
                bytes.put((byte) (base + i + 1));
            }
        }
        Files.write(log(base), bytes.array());
        Files.write(Path.of(log(base).toString().replace(".log", ".index")), new byte[8]);
    }

    private Path log(long base) {
        return folder.resolve("%020d.log".formatted(base));
    }

    @Test
    void aPowerLossTakesOnlyWhatWasNotSynced() throws IOException {
        var first = Files.readAllBytes(log(0));
        var second = Files.readAllBytes(log(5));
        long synced = 2L * BATCH_BYTES;
        for (int seed = 0; seed < 50; seed++) {
            // given
            Files.write(log(5), second);

            // when
            LogFiles.loseUnsynced(data, new Random(seed));

            // then
            var left = Files.readAllBytes(log(5));
            assertThat(left.length).isBetween((int) synced, second.length);
            assertThat(Arrays.copyOf(left, (int) synced))
                    .isEqualTo(Arrays.copyOf(second, (int) synced));
            assertThat(Files.readAllBytes(log(0))).isEqualTo(first);
        }
    }

    @Test
    void whatWasNeverSyncedMayGoWholly() throws IOException {
        // given
        Files.delete(data.resolve("recovery-point-offset-checkpoint"));

        // when
        var said = LogFiles.loseUnsynced(data, new Random(1));

        // then
        assertThat(Files.size(log(0))).isLessThan(5L * BATCH_BYTES);
        assertThat(said).contains("unsynced bytes lost");
    }

    @Test
    void afterAPowerLossTheMachineHasBeenStartedAnew() throws IOException {
        // given
        var boot = Files.writeString(data.resolve("boot.id"), "one");

        // when
        LogFiles.loseUnsynced(data, new Random(1));

        // then
        assertThat(boot).doesNotExist();
    }

    @Test
    void flippingChangesSomeBitsAndNoSize() throws IOException {
        var before = List.of(Files.readAllBytes(log(0)), Files.readAllBytes(log(5)));

        LogFiles.flip(data, new Random(5));

        var after = List.of(Files.readAllBytes(log(0)), Files.readAllBytes(log(5)));
        int changed = 0;
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i)).hasSameSizeAs(before.get(i));
            for (int at = 0; at < before.get(i).length; at++) {
                changed += Integer.bitCount((before.get(i)[at] ^ after.get(i)[at]) & 0xff);
            }
        }
        assertThat(changed).isBetween(1, 3);
    }

    @Test
    void truncatingMakesALogShorter() throws IOException {
        LogFiles.truncate(data, new Random(2));

        assertThat(Files.size(log(0)) + Files.size(log(5))).isLessThan(10L * BATCH_BYTES);
    }

    @Test
    void anOlderCopyTakesThePlaceOfTheFolder(@TempDir Path copies) throws IOException {
        // given
        LogFiles.copyPartitions(data, copies);
        var copied = Files.readAllBytes(log(5));
        segment(10, 5);
        Files.write(log(5), new byte[3]);

        // when
        LogFiles.putBack(copies, data, new Random(1));

        // then
        assertThat(Files.readAllBytes(log(5))).isEqualTo(copied);
        assertThat(log(10)).doesNotExist();
    }

    @Test
    void anEmptyDiskHasNothing() throws IOException {
        LogFiles.deleteAll(data);

        assertThat(data).isEmptyDirectory();
    }
}
