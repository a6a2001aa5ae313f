package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.env.Disk;
import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.TestBatches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a sync that fails, and one that is not asked for, mean for a log.
class LogDurabilityTest {
    private static final Path ROOT = Path.of("/data");

    private boolean syncFails;
    private final Disk disk = refusingToSync(new SimDisk(1));

    /// New names are part of a log's first flush, so it is the sync of its folder that fails.
    private Disk refusingToSync(Disk healthy) {
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, arguments) -> {
                            if (syncFails && method.getName().equals("syncDirectory")) {
                                throw new UncheckedIOException(new IOException("no medium"));
                            }
                            try {
                                return method.invoke(healthy, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /// Two records are appended, not flushed, and the disk is well again.
    private LogFixture whoseSyncFailed() {
        var fixture = new LogFixture(ROOT, disk, LogConfig.defaults());
        fixture.append(1, 2);
        syncFails = true;
        assertThatThrownBy(fixture.log::flush).isInstanceOf(UncheckedIOException.class);
        syncFails = false;
        return fixture;
    }

    @Test
    void whoseSyncFailedTakesNothingMore() {
        // given
        var fixture = whoseSyncFailed();

        // when, then
        assertThatThrownBy(() -> fixture.append(1, 1))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("failed to flush");
        assertThat(fixture.log.recoveryPoint()).isZero();
    }

    @Test
    void whoseSyncFailedStaysClosedThoughTheDiskIsWellAgain() {
        // given
        var fixture = whoseSyncFailed();
        fixture.directory().abandonLog(fixture.log);

        // when, then
        assertThatThrownBy(() ->
                        fixture.directory()
                                .openLog(
                                        LogFixture.ORDERS,
                                        LogFixture.ORDERS_ID,
                                        LogConfig.defaults()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("stays closed until the node starts again");
    }

    @Test
    void opensAgainInTheNextProcess() {
        // given
        var fixture = whoseSyncFailed();
        fixture.directory().abandonLog(fixture.log);

        // when
        fixture.reopenAfterKill();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(2);
        assertThat(fixture.log.recoveryPoint()).isZero();
    }

    @Test
    void asksForAFlushAndACheckpointBeforeAKillWouldLeaveMuchToRead(@TempDir Path root) {
        // given
        var fixture = LogFixture.on(root);
        var batch = TestBatches.batch().record("x".repeat(1_000_000)).build();

        // when
        int megabytes = 0;
        while (megabytes < 100 && !fixture.log.flushDue(fixture.clock.wallMs())) {
            fixture.append(batch);
            megabytes++;
        }
        boolean dueBefore = fixture.directory().checkpointDue();
        fixture.log.flush();

        // then
        assertThat(megabytes).isBetween(60, 70);
        assertThat(fixture.log.flushDue(fixture.clock.wallMs())).isFalse();
        assertThat(dueBefore).isFalse();
        assertThat(fixture.directory().checkpointDue()).isTrue();
        fixture.directory().checkpoint();
        assertThat(fixture.directory().checkpointDue()).isFalse();
        fixture.close();
    }
}
