package io.moldau.log;

import io.moldau.env.Clock;
import io.moldau.env.Disk;
import io.moldau.log.batch.TestBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// One log directory with one log in it, and a clock that stands still until it is told otherwise.
final class LogFixture implements AutoCloseable {
    static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    static final Uuid ORDERS_ID = new Uuid(7, 11);
    static final int EPOCH = 3;

    final ManualClock clock = new ManualClock();
    private final Path root;
    private final Disk disk;
    private LogDirectory directory;
    private LogConfig config;
    PartitionLog log;

    LogFixture(Path root, Disk disk, LogConfig config) {
        this.root = root;
        this.disk = disk;
        this.config = config;
        open();
    }

    static LogFixture on(Path root) {
        return new LogFixture(root, Disk.system(), LogConfig.defaults());
    }

    static LogFixture on(Path root, LogConfig config) {
        return new LogFixture(root, Disk.system(), config);
    }

    void open() {
        directory = LogDirectory.open(root, disk, clock, 16);
        log = directory.openLog(ORDERS, ORDERS_ID, config);
    }

    LogDirectory directory() {
        return directory;
    }

    Path folder() {
        return root.resolve("orders-0");
    }

    /// The names in the log's folder that end so, in order.
    List<String> files(String suffix) throws IOException {
        try (var files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    void reopenCleanly() {
        directory.close();
        open();
    }

    /// As kill -9 would: what was written is there, and nothing else was done.
    void reopenAfterKill() {
        directory.abandon();
        open();
    }

    AppendResult append(ByteBuffer batch) {
        return log.append(batch, AppendMode.CLIENT, EPOCH, clock.wallMs());
    }

    void append(int batches, int recordsEach) {
        for (int i = 0; i < batches; i++) {
            append(TestBatches.batch().timestamps(clock.wallMs()).records(recordsEach).build());
        }
    }

    /// All records from `offset` on, as `offset=value`.
    List<String> values(long offset) {
        var all = new ArrayList<String>();
        long next = offset;
        while (next < log.logEndOffset()) {
            var bytes = bytes(log.read(next, Long.MAX_VALUE, 1 << 20, true));
            var values = TestBatches.values(bytes);
            for (var value : values) {
                long at = Long.parseLong(value.substring(0, value.indexOf('=')));
                if (at >= next) {
                    all.add(value);
                    next = at + 1;
                }
            }
        }
        return all;
    }

    /// Reads the slice and releases it.
    static ByteBuffer bytes(LogRead read) {
        var buffer = ByteBuffer.allocate(read.sizeBytes());
        if (read.slice() != null) {
            read.slice().readFully(buffer);
            read.slice().release();
        }
        return buffer.flip();
    }

    @Override
    public void close() {
        directory.close();
    }

    static final class ManualClock implements Clock {
        private long nowMs = 1_700_000_000_000L;

        void advance(long ms) {
            nowMs += ms;
        }

        @Override
        public long wallMs() {
            return nowMs;
        }

        @Override
        public long monotonicNanos() {
            return nowMs * 1_000_000;
        }
    }
}
