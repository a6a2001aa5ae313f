package io.moldau.chaos.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.PartitionLog;
import io.moldau.log.batch.EndMarker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's own dump-log reads every kind of file that a partition's folder has here: users can
/// leave as easily as they came.
class DumpLogIT {
    private static final long NOW = System.currentTimeMillis();
    private static final int EPOCH = 2;
    private static final long ANNA = 7;
    private static final long BERT = 8;

    @TempDir Path root;
    private int sent;

    @Test
    void stockDumpLogReadsAllOurFiles() throws Exception {
        // given
        try (var directory = LogDirectory.open(root, Clock.system(), 16)) {
            fill(
                    directory.openLog(
                            new TopicPartition("orders", 0),
                            Uuid.randomUuid(),
                            LogConfig.defaults()
                                    .with("segment.bytes", "2000")
                                    .with("index.interval.bytes", "200")));
        }

        // when
        var dumped = dump();

        // then
        assertThat(dumped)
                .contains("endTxnMarker: ABORT coordinatorEpoch: 4")
                .contains("endTxnMarker: COMMIT coordinatorEpoch: 4")
                .contains("payload: value 0")
                .contains("producerId: 7 firstOffset: ")
                .contains("producerId: 8 producerEpoch: 1")
                .doesNotContainIgnoringCase("mismatch")
                .doesNotContain("Exception")
                .doesNotContain("is invalid")
                .doesNotContain("Found timestamp");
        for (var kind : List.of(".log", ".index", ".timeindex", ".snapshot", ".txnindex")) {
            assertThat(dumped.lines().filter(line -> line.startsWith("Dumping")))
                    .anyMatch(line -> line.endsWith(kind));
        }
    }

    private void fill(PartitionLog log) {
        for (int round = 0; round < 8; round++) {
            send(log, ANNA, 0, 3 * round, 3);
            plain(log, 5);
            send(log, BERT, round, 0, 2);
            end(log, ANNA, 0, round % 2 == 0);
            end(log, BERT, round + 1, true); // KIP-890: the marker raises the epoch.
        }
        send(log, BERT, 8, 0, 1);
    }

    private void plain(PartitionLog log, int count) {
        var batch = MemoryRecords.withRecords(Compression.gzip().build(), records(count));
        log.append(batch.buffer(), AppendMode.CLIENT, EPOCH, NOW);
    }

    private void send(PartitionLog log, long producer, int epoch, int sequence, int count) {
        var batch =
                MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records(count));
        var result = log.append(batch.buffer(), AppendMode.TRANSACTION, EPOCH, NOW);
        assertThat(result).isInstanceOf(io.moldau.log.AppendResult.Appended.class);
    }

    private static void end(PartitionLog log, long producer, int epoch, boolean commits) {
        log.appendMarker(new EndMarker(producer, (short) epoch, 4, commits), EPOCH, NOW);
    }

    private SimpleRecord[] records(int count) {
        var records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            var value = ("value " + sent++).getBytes(StandardCharsets.UTF_8);
            records[i] = new SimpleRecord(NOW, new byte[] {'k'}, value);
        }
        return records;
    }

    private String dump() throws Exception {
        var files = new ArrayList<Path>();
        try (var all = Files.list(root.resolve("orders-0"))) {
            all.filter(file -> Character.isDigit(file.getFileName().toString().charAt(0)))
                    .sorted()
                    .forEach(files::add);
        }
        var names = files.stream().map(Path::toString).collect(Collectors.joining(","));
        var result =
                new StockTools("4.3.1")
                        .run("kafka-dump-log", List.of("--files", names, "--print-data-log"), "");
        assertThat(result.exitStatus()).isZero();
        return result.output() + result.errors();
    }
}
