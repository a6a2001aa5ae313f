package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.AbortedTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A partition's folder as Apache Kafka 4.3.1 left it when it was killed: three segments, of which
/// the last has preallocated indexes; plain, committed, aborted and open transactions.
class KafkaFolderTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Uuid KAFKAS_ID = Uuid.fromString("h-uyW3_QReW2BpQO7pSdJg");
    private static final List<String> VALUES =
            List.of(
                    "0=plain one",
                    "1=plain two",
                    "2=anna commits 1",
                    "3=anna commits 2",
                    "4=bert aborts 1",
                    "5=bert aborts 2",
                    "6=bert aborts 3",
                    "9=anna aborts across segments",
                    "10=second segment",
                    "12=bert commits",
                    "14=third segment",
                    "15=anna stays open",
                    "16=last");

    /// As its topic was configured.
    private static final LogConfig CONFIG =
            LogConfig.defaults()
                    .with("retention.ms", "-1")
                    .with("segment.ms", "20000")
                    .with("segment.index.bytes", "1024")
                    .with("index.interval.bytes", "60");

    private static final long NOW = 1_795_278_063_159L;

    @TempDir Path root;
    private final LogFixture.ManualClock clock = new LogFixture.ManualClock();
    private LogDirectory directory;

    @BeforeEach
    void open() {
        clock.advance(NOW - clock.wallMs());
        directory = LogDirectory.open(root, clock, 16);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static Path kafkas() {
        try {
            return Path.of(KafkaFolderTest.class.getResource("kafka-4.3.1/orders-0").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What an operator does: copies the folder, and starts.
    private PartitionLog copied() throws Exception {
        var folder = Files.createDirectories(root.resolve("orders-0"));
        try (var files = Files.list(kafkas())) {
            for (var file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        return directory.openLog(ORDERS, KAFKAS_ID, CONFIG);
    }

    /// What replication does: the same records, one segment after the other.
    private PartitionLog replicated() throws Exception {
        var log = directory.openLog(ORDERS, KAFKAS_ID, CONFIG);
        for (var name : kafkasFiles(".log").keySet()) {
            var bytes = ByteBuffer.wrap(Files.readAllBytes(kafkas().resolve(name)));
            while (bytes.hasRemaining()) { // As they came, batch by batch.
                int size = bytes.getInt(bytes.position() + 8) + 12;
                var batch = bytes.slice(bytes.position(), size);
                log.append(batch, AppendMode.REPLICA, 0, NOW);
                bytes.position(bytes.position() + size);
            }
        }
        return log;
    }

    private static Map<String, byte[]> kafkasFiles(String suffix) {
        return files(kafkas(), suffix);
    }

    private static Map<String, byte[]> files(Path folder, String suffix) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .collect(
                            Collectors.toMap(
                                    file -> file.getFileName().toString(),
                                    KafkaFolderTest::bytesOf,
                                    (a, _) -> a,
                                    TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytesOf(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> values(PartitionLog log) {
        var all = new ArrayList<String>();
        for (long next = 0; next < log.logEndOffset(); ) {
            var read = log.readWhole(next, 1 << 20);
            var bytes = ByteBuffer.allocate(read.slice().length());
            read.slice().readFully(bytes);
            read.slice().release();
            for (var batch : MemoryRecords.readableRecords(bytes.flip()).batches()) {
                if (!batch.isControlBatch()) {
                    for (var record : batch) {
                        var value = new byte[record.valueSize()];
                        record.value().get(value);
                        all.add(record.offset() + "=" + new String(value, StandardCharsets.UTF_8));
                    }
                }
            }
            next = read.nextOffset();
        }
        return all;
    }

    @Test
    void isAcceptedAsItIs() throws Exception {
        var log = copied();

        assertThat(log.logStartOffset()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(17);
        assertThat(values(log)).isEqualTo(VALUES);
        assertThat(log.latestEpoch()).isZero();
        assertThat(log.offsetForTimestamp(1_795_278_042_149L).orElseThrow().offset()).isEqualTo(10);
        assertThat(files(root.resolve("orders-0"), ".log"))
                .usingRecursiveComparison()
                .isEqualTo(kafkasFiles(".log"));
    }

    @Test
    void bringsItsTransactionsAndProducers() throws Exception {
        var log = copied();

        assertThat(log.lastStableOffset(17)).isEqualTo(15);
        var read = log.read(0, 10, 1 << 20, true);
        assertThat(log.abortedIn(read, 15))
                .containsExactly(
                        new AbortedTransaction(2, 4, 8, 9), new AbortedTransaction(1, 9, 11, 12));
        read.slice().release();
        assertThat(log.activeProducers())
                .extracting(ProducerView::producerId, ProducerView::producerEpoch)
                .containsExactlyInAnyOrder(
                        tuple(0L, (short) 0), tuple(1L, (short) 2), tuple(2L, (short) 2));
    }

    @Test
    void takesRecordsBehindKafkas() throws Exception {
        var log = copied();

        var batch = TestBatches.batch().timestamps(NOW).records(2).build();
        log.append(batch, AppendMode.CLIENT, 5, NOW);

        assertThat(log.logEndOffset()).isEqualTo(19);
        assertThat(log.endOffsetFor(0).endOffset()).isEqualTo(17);
    }

    /// Who leaves finds Kafka's own files.
    @Test
    void theSameRecordsMakeTheSameFilesHere() throws Exception {
        var log = replicated();
        log.flush();
        var ours = root.resolve("orders-0");

        assertThat(values(log)).isEqualTo(VALUES);
        for (var suffix : List.of(".log", ".txnindex", "leader-epoch-checkpoint")) {
            assertThat(files(ours, suffix))
                    .usingRecursiveComparison()
                    .isEqualTo(kafkasFiles(suffix));
        }
        for (var suffix : List.of(".index", ".timeindex")) {
            var closed = kafkasFiles(suffix);
            closed.remove("00000000000000000014" + suffix); // Preallocated there.
            var here = files(ours, suffix);
            here.remove("00000000000000000014" + suffix);
            assertThat(here).usingRecursiveComparison().isEqualTo(closed);
        }
    }

    @Test
    void aSnapshotSaysTheSameOfEveryProducer() throws Exception {
        replicated();
        for (var kafkas : kafkasFiles(".snapshot").entrySet()) {
            var ours = bytesOf(root.resolve("orders-0").resolve(kafkas.getKey()));
            assertThat(described(ours)).isEqualTo(described(kafkas.getValue()));
        }
    }

    private static List<String> described(byte[] snapshot) {
        return ProducerSnapshot.decode(ByteBuffer.wrap(snapshot)).orElseThrow().stream()
                .map(entry ->
                        "%d epoch %d sequence %d offset %d at %d coordinator %d open %d"
                                .formatted(
                                        entry.producerId,
                                        entry.epoch,
                                        entry.lastSequence(),
                                        entry.count() == 0 ? -1 : entry.lastOffset(0),
                                        entry.lastTimestampMs,
                                        entry.coordinatorEpoch,
                                        entry.currentTxnFirstOffset))
                .sorted()
                .toList();
    }
}
