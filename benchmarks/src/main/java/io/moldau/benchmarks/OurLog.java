package io.moldau.benchmarks;

import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// One partition of ours in a directory of its own.
record OurLog(LogDirectory directory, PartitionLog log) implements MeasuredLog {
    static final TopicPartition PARTITION = new TopicPartition("bench", 0);
    static final Uuid TOPIC_ID = new Uuid(3, 5);
    private static final int FILES_MAX = 64;

    static OurLog open(Path root) {
        return open(root, LogConfig.defaults());
    }

    static OurLog open(Path root, LogConfig config) {
        var directory = LogDirectory.open(root, Clock.system(), FILES_MAX);
        return new OurLog(directory, directory.openLog(PARTITION, TOPIC_ID, config));
    }

    @Override
    public void append(ByteBuffer batch, long nowMs) {
        var result = log.append(batch, AppendMode.CLIENT, 0, nowMs);
        if (!(result instanceof AppendResult.Appended)) {
            throw new IllegalStateException(result.toString());
        }
    }

    @Override
    public int read(long offset, int maxBytes, ByteBuffer target) {
        var read = log.read(offset, Long.MAX_VALUE, maxBytes, true);
        if (target != null) {
            read.slice().readFully(target);
        }
        read.slice().release();
        return read.sizeBytes();
    }

    @Override
    public Object offsetFor(long timestampMs) {
        return log.offsetForTimestamp(timestampMs);
    }

    /// Lets go of it without waiting for the disk; what was appended is about to be removed.
    @Override
    public void close() {
        directory.abandonLog(log);
        directory.close();
    }
}
