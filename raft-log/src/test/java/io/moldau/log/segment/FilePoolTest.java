package io.moldau.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FilePoolTest {
    private static final Path FOLDER = Path.of("/segments");

    private final AtomicLong nanos = new AtomicLong();
    private final FilePool pool = new FilePool(8, nanos::get);
    private final SimDisk disk = new SimDisk(1);

    private PooledFile file(long baseOffset) {
        disk.createDirectories(FOLDER);
        var file = new PooledFile(disk, pool, FOLDER, baseOffset, SegmentNames.LOG, "");
        file.create();
        file.write(ByteBuffer.wrap(new byte[] {7}), 0);
        return file;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        pool.closeIdle();
    }

    @Test
    void closesWhatNobodyHasUsedForAWhile() {
        // given
        var used = file(0);
        var idle = file(1);

        // when
        pass(Duration.ofSeconds(20));
        used.read(ByteBuffer.allocate(1), 0);
        pass(Duration.ofSeconds(20));

        // then
        assertThat(pool.count()).isEqualTo(1);
        assertThat(idle.read(ByteBuffer.allocate(1), 0)).isEqualTo(1);
        assertThat(pool.count()).isEqualTo(2);
    }

    @Test
    void leavesASliceReadableThatIsOnItsWay() {
        // given
        var file = file(0);
        var open = file.acquire();

        // when
        pass(Duration.ofMinutes(1));

        // then
        assertThat(pool.count()).isZero();
        assertThat(open.read(ByteBuffer.allocate(1), 0)).isEqualTo(1);
        open.release();
        assertThat(open.tryRetain()).isFalse();
    }
}
