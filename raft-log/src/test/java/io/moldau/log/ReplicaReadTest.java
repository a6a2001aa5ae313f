package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.batch.TestBatches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a leader needs of its log, and a follower after a restart.
class ReplicaReadTest {
    @TempDir Path root;
    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = LogFixture.on(root, LogConfig.defaults().with("segment.bytes", "4096"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readsTheWholeLogInWholeBatchesWhateverTheLimit() {
        // given
        fixture.append(60, 7);

        for (int maxBytes : new int[] {1, 500, 1000, 3000, 1 << 20}) {
            // when
            var values = new ArrayList<String>();
            long next = 0;
            while (next < fixture.log.logEndOffset()) {
                var read = fixture.log.readWhole(next, maxBytes);
                values.addAll(valuesOf(read));
                next = read.nextOffset();
            }

            // then
            assertThat(values).as("with %d bytes", maxBytes).isEqualTo(fixture.values(0));
        }
    }

    @Test
    void readsNothingAtTheEnd() {
        fixture.append(batchOf(3));

        assertThat(fixture.log.readWhole(3, 1000)).isNull();
    }

    @Test
    void keepsTheHighWatermarkOverARestart() {
        // given
        fixture.append(batchOf(5));
        fixture.log.noteHighWatermark(3);

        // when
        fixture.reopenCleanly();

        // then
        assertThat(fixture.log.highWatermark()).isEqualTo(3);
        assertThat(root.resolve("replication-offset-checkpoint")).hasContent("0\n1\norders 0 3");
    }

    @Test
    void keepsNoHighWatermarkBeyondTheLog() {
        fixture.append(batchOf(5));

        fixture.log.noteHighWatermark(Long.MAX_VALUE);

        assertThat(fixture.log.highWatermark()).isEqualTo(5);
    }

    private static List<String> valuesOf(WholeBatches read) {
        var bytes = ByteBuffer.allocate(read.slice().length());
        read.slice().readFully(bytes);
        read.slice().release();
        return TestBatches.values(bytes.flip());
    }
}
