package io.moldau.broker.partition;

import static io.moldau.broker.partition.Answers.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.api.LogDirs;
import io.moldau.broker.disk.DataDir;
import io.moldau.broker.disk.DiskWatch;
import io.moldau.broker.disk.FaultyDisk;
import io.moldau.broker.disk.Watermarks;
import io.moldau.env.Clock;
import io.moldau.log.AppendResult;
import io.moldau.log.LogDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node with two data directories, one of which has a bad day.
class FailingDirectoryTest {
    private static final String TOPIC = "orders";

    @TempDir Path root;
    private final FaultyDisk disk = new FaultyDisk();
    private List<DataDir> dirs;
    private PartitionsFixture fixture;
    private DiskWatch watch;

    @BeforeEach
    void open() {
        dirs = List.of(dir("a"), dir("b"));
        fixture = new PartitionsFixture(dirs);
        fixture.createTopic(TOPIC, 4);
        for (int i = 0; i < 4; i++) {
            assertThat(produce(i, "first")).isEqualTo(Errors.NONE);
        }
        watch = DiskWatch.start(dirs, Clock.system(), fixture.partitions()::onDisk);
    }

    private DataDir dir(String name) {
        var logs = LogDirectory.open(root.resolve(name), disk, Clock.system(), 64);
        return DataDir.of(logs, disk, new Watermarks(1_000, 500, 1_250), 0);
    }

    @AfterEach
    void close() {
        watch.close();
        fixture.close();
        dirs.forEach(DataDir::close);
    }

    private Errors produce(int index, String value) {
        return produce(fixture.partition(TOPIC, index), value);
    }

    private static Errors produce(Partition partition, String value) {
        var answer = new CompletableFuture<AppendResult>();
        var batch = PartitionsFixture.batch(value);
        partition.shard().execute(() -> partition.append(batch, true, 1_000, answer::complete));
        var result = answer.orTimeout(20, TimeUnit.SECONDS).join();
        return result instanceof AppendResult.Refused refused ? refused.error() : Errors.NONE;
    }

    private Errors read(int index) {
        var partition = fixture.partition(TOPIC, index);
        var item = new FetchItem(partition, 0, 1 << 20, -1);
        CompletableFuture.runAsync(() -> partition.read(item, null), partition.shard())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        var error = item.error();
        var slice = item.takeSlice(1 << 20);
        if (slice != null) {
            slice.release();
        }
        return error;
    }

    private boolean livesIn(int index, String name) {
        var dir = fixture.partitions().store().directoryOf(new TopicPartition(TOPIC, index));
        return dir.root().endsWith(name);
    }

    private long open(String name) {
        return fixture.partitions().all().stream()
                .filter(partition -> partition.name().topic().equals(name))
                .count();
    }

    @Test
    void newPartitionsGoWhereThereAreFewest() {
        assertThat(List.of(0, 1, 2, 3)).filteredOn(i -> livesIn(i, "a")).hasSize(2);
    }

    @Test
    void aDirectoryThatFailsTakesItsOwnPartitionsOfflineAndNoOthers() throws Exception {
        disk.refuse(root.resolve("a"), FaultyDisk.BROKEN);

        for (int i = 0; i < 4; i++) {
            assertThat(produce(i, "second"))
                    .as("partition %d", i)
                    .isEqualTo(livesIn(i, "a") ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE);
        }

        eventually(() -> {
            assertThat(dirs.getFirst().isOnline()).isFalse();
            for (int i = 0; i < 4; i++) {
                assertThat(read(i))
                        .isEqualTo(livesIn(i, "a") ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE);
            }
        });
        var views = LogDirs.of(fixture.partitions()).describe(_ -> true).get();
        assertThat(views.getFirst().failure()).contains("offline").contains(FaultyDisk.BROKEN);
        assertThat(views.getFirst().partitions()).isEmpty();
        assertThat(views.getLast().failure()).isNull();
        assertThat(views.getLast().partitions()).hasSize(2);
    }

    @Test
    void aPartitionMadeMeanwhileGoesToTheOneThatWorks() {
        disk.refuse(root.resolve("a"), FaultyDisk.BROKEN);
        dirs.getFirst().suspect();
        eventually(() -> assertThat(dirs.getFirst().isOnline()).isFalse());

        fixture.createTopic("late", 3);

        for (int i = 0; i < 3; i++) {
            assertThat(produce(fixture.partition("late", i), "x")).isEqualTo(Errors.NONE);
        }
        assertThat(open("late")).isEqualTo(3);
    }

    @Test
    void whatWasAcknowledgedIsThereWhenTheDiskWorksAgain() {
        disk.refuse(root.resolve("a"), FaultyDisk.BROKEN);
        int index = livesIn(0, "a") ? 0 : 1;
        assertThat(livesIn(index, "a")).isTrue();
        produce(index, "refused");
        eventually(() -> assertThat(dirs.getFirst().isOnline()).isFalse());

        disk.heal(root.resolve("a"));

        eventually(() -> assertThat(produce(index, "second")).isEqualTo(Errors.NONE));
        long end =
                CompletableFuture.supplyAsync(
                                () -> fixture.partition(TOPIC, index).log().logEndOffset(),
                                fixture.partition(TOPIC, index).shard())
                        .join();
        assertThat(end).isEqualTo(2);
    }

    @Test
    void aFullDiskRefusesProducersAndNothingElse() {
        disk.setUsable(900);
        eventually(() -> assertThat(produce(0, "more")).isEqualTo(Errors.KAFKA_STORAGE_ERROR));

        assertThat(read(0)).isEqualTo(Errors.NONE);
        var partition = fixture.partition(TOPIC, 0);
        var deleted = new CompletableFuture<DeletedUpTo>();
        partition.shard().execute(() -> partition.deletions().delete(1, 1_000, deleted::complete));
        assertThat(deleted.orTimeout(20, TimeUnit.SECONDS).join().error()).isEqualTo(Errors.NONE);

        disk.setUsable(5_000);
        eventually(() -> assertThat(produce(0, "more")).isEqualTo(Errors.NONE));
    }

    /// The figures had promised room; half of a batch may be in the file.
    @Test
    void anAppendThatFindsNoRoomIsRefusedAndTheLogGoesOnReading() {
        disk.refuse(root.resolve("a"), FaultyDisk.FULL);
        int index = livesIn(0, "a") ? 0 : 1;

        assertThat(produce(index, "more")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

        assertThat(read(index)).isEqualTo(Errors.NONE);
        assertThat(fixture.partition(TOPIC, index).isOffline()).isFalse();
    }

    @Test
    void wantOfDescriptorsRefusesOneAppendAndTakesNothingOffline() {
        disk.refuse(root.resolve("a"), FaultyDisk.TOO_MANY);
        int index = livesIn(0, "a") ? 0 : 1;
        assertThat(produce(index, "more")).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

        disk.heal(root.resolve("a"));

        assertThat(produce(index, "more")).isEqualTo(Errors.NONE);
        assertThat(fixture.partition(TOPIC, index).isOffline()).isFalse();
    }
}
