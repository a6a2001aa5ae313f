package io.moldau.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Disk;
import io.moldau.env.sim.SimDisk;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FilePoolTest {
    private static final Path FOLDER = Path.of("/segments");

    private final AtomicLong nanos = new AtomicLong();
    private final FilePool pool = new FilePool(8, nanos::get);
    private final SimDisk real = new SimDisk(1);
    private final Disk disk = tellingOfOpens();
    private volatile Watcher beforeOpen = _ -> {};
    private volatile Watcher afterOpen = _ -> {};

    /// Told of a file that is opened, by whoever opens it.
    private interface Watcher {
        void on(Path path) throws Exception;
    }

    private Disk tellingOfOpens() {
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, arguments) -> {
                            boolean opens = method.getName().equals("open");
                            if (opens) {
                                beforeOpen.on((Path) arguments[0]);
                            }
                            var result = method.invoke(real, arguments);
                            if (opens) {
                                afterOpen.on((Path) arguments[0]);
                            }
                            return result;
                        });
    }

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

    @Test
    void aFileThatTheDiskIsSlowToOpenKeepsNobodyElseWaiting() {
        // given
        var slow = file(0);
        var others = LongStream.rangeClosed(1, 100).mapToObj(this::file).toList();
        var opening = new CountDownLatch(1);
        var letGo = new CountDownLatch(1);
        beforeOpen =
                path -> {
                    if (path.equals(slow.path())) {
                        opening.countDown();
                        letGo.await();
                    }
                };
        slow.letGo();
        var waiting = aside(() -> slow.read(ByteBuffer.allocate(1), 0));

        // when
        var served =
                aside(() -> {
                    assertThat(opens(opening)).isTrue();
                    return others.stream()
                            .mapToInt(file -> file.read(ByteBuffer.allocate(1), 0))
                            .sum();
                });

        // then
        assertThat(served).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(100);
        letGo.countDown();
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(1);
    }

    private static CompletableFuture<Integer> aside(Supplier<Integer> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Thread.ofPlatform().daemon(true).start(task));
    }

    private static boolean opens(CountDownLatch opening) {
        try {
            return opening.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A flush may open a file that its owner is just replacing.
    @Test
    void aFileThatIsReplacedWhileItIsOpenedIsOpenedAgain() {
        // given
        var file = file(0);
        file.letGo();
        afterOpen =
                _ -> {
                    afterOpen = _ -> {};
                    file.remove();
                    file.create();
                    file.write(ByteBuffer.wrap(new byte[] {8}), 0);
                };
        var found = ByteBuffer.allocate(1);

        // when
        file.read(found, 0);

        // then
        assertThat(found.get(0)).isEqualTo((byte) 8);
    }
}
