package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import io.moldau.env.sim.DiskFault;
import io.moldau.env.sim.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// The machine's end may take a folder's topic id and leave its records. A topic that is made again
/// under the same name must not begin with them.
class LostTopicIdTest {
    private static final Path ROOT = Path.of("/sim/log");
    private static final Path FOLDER = ROOT.resolve("orders-0");
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Uuid FIRST = new Uuid(0, 7);
    private static final Uuid NEXT = new Uuid(0, 8);
    private static final LogConfig CONFIG = LogConfig.defaults();

    private final SimDisk disk = disk(1);

    private static SimDisk disk(long seed) {
        return new SimDisk(seed).with(DiskFault.SEPARATE_DIRECTORIES).mount(ROOT);
    }

    private static LogDirectory directory(SimDisk disk) {
        return LogDirectory.open(ROOT, disk, Clock.system(), 10);
    }

    private static void append(PartitionLog log, int records) {
        log.append(batchOf(records), AppendMode.CLIENT, 0, System.currentTimeMillis());
    }

    private void loseId() throws IOException {
        try (var channel = disk.open(FOLDER.resolve(PartitionMetadata.FILE))) {
            channel.truncate(0);
        }
    }

    @Test
    void recordsOfAnUnknownTopicAreNotThoseOfTheNext() throws Exception {
        // given
        append(directory(disk).openLog(ORDERS, FIRST, CONFIG), 5);
        disk.kill();
        loseId();

        // when
        var next = directory(disk).openLog(ORDERS, NEXT, CONFIG);

        // then
        assertThat(next.logEndOffset()).isZero();
        assertThat(next.latestEpoch()).isEqualTo(-1);
        assertThat(disk.list(ROOT)).anyMatch(name -> name.endsWith("-stray"));
    }

    @Test
    void aFolderWithoutRecordsIsMadeAnew() throws Exception {
        // given
        directory(disk).openLog(ORDERS, FIRST, CONFIG).truncateFullyAndStartAt(50);
        disk.kill();
        loseId();

        // when
        var next = directory(disk).openLog(ORDERS, NEXT, CONFIG);

        // then
        assertThat(next.logStartOffset()).isZero();
        assertThat(next.logEndOffset()).isZero();
        assertThat(disk.list(ROOT)).noneMatch(name -> name.endsWith("-stray"));
    }

    /// The id was durable before the flush returned, so that it is damaged now, not lost.
    @Test
    void flushedRecordsStayThoughTheIdIsDamaged() throws Exception {
        // given
        var directory = directory(disk);
        var log = directory.openLog(ORDERS, FIRST, CONFIG);
        append(log, 5);
        log.flush();
        directory.checkpoint();
        disk.kill();
        loseId();

        // when
        var again = directory(disk).openLog(ORDERS, FIRST, CONFIG);

        // then
        assertThat(again.logEndOffset()).isEqualTo(5);
        assertThat(PartitionMetadata.read(disk, FOLDER)).isEqualTo(FIRST);
    }

    /// Whatever the disk keeps of what was not synced.
    @Property(tries = 200)
    void aTopicThatIsMadeAgainBeginsEmptyAndKeepsWhatItFlushes(@ForAll long seed) {
        // given
        var disk = disk(seed).with(DiskFault.REORDERED_WRITES).with(DiskFault.TORN_SECTORS);
        append(directory(disk).openLog(ORDERS, FIRST, CONFIG), 5);
        disk.crash();

        // when
        var next = directory(disk).openLog(ORDERS, NEXT, CONFIG);
        long found = next.logEndOffset();
        append(next, 3);
        next.flush();
        disk.crash();

        // then
        assertThat(found).isZero();
        assertThat(directory(disk).openLog(ORDERS, NEXT, CONFIG).logEndOffset()).isEqualTo(3);
    }

    /// An empty log was closed in order, and then the machine went down without the id.
    @Property(tries = 100)
    void whatIsFlushedAfterAnEmptyLogWasClosedStays(@ForAll long seed) {
        // given
        var disk = disk(seed);
        var directory = directory(disk);
        directory.openLog(ORDERS, FIRST, CONFIG);
        directory.close();
        disk.crash();

        // when
        var log = directory(disk).openLog(ORDERS, FIRST, CONFIG);
        append(log, 5);
        log.flush();
        disk.crash();

        // then
        assertThat(directory(disk).openLog(ORDERS, FIRST, CONFIG).logEndOffset()).isEqualTo(5);
    }
}
