package io.moldau.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A partition's folder with the same records for both sides: Kafka's file format is ours.
///
/// @param records in each batch
/// @param batchBytes of each batch, all of one size
/// @param endOffset where the log ends
/// @param firstTimestampMs of the first batch; each has one millisecond more than the one before it
record FilledLog(Path root, int records, int batchBytes, long endOffset, long firstTimestampMs) {
    static FilledLog write(String name, long bytes, int recordBytes) {
        var root = Folders.make(name);
        int records = Batches.recordsPerBatch(recordBytes);
        long firstMs = System.currentTimeMillis() - bytes / Batches.BATCH_BYTES - 1;
        long written = 0;
        int batchBytes = 0;
        var ours = OurLog.open(root);
        for (long nowMs = firstMs; written < bytes; nowMs++) {
            var batch = Batches.build(records, recordBytes, false, nowMs);
            batchBytes = batch.remaining();
            written += batchBytes;
            ours.append(batch, nowMs);
        }
        long end = ours.log().logEndOffset();
        ours.directory().close();
        return new FilledLog(root, records, batchBytes, end, firstMs);
    }

    Path folder() {
        return root.resolve(OurLog.PARTITION.toString());
    }

    /// Takes away everything but the records: no index, no checkpoint, no mark of a clean stop.
    void forgetAllButRecords() {
        try (var paths = Files.walk(root)) {
            for (var path : paths.filter(Files::isRegularFile).toList()) {
                var name = path.getFileName().toString();
                if (!name.endsWith(".log") && !name.equals("partition.metadata")) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove() {
        Folders.remove(root);
    }
}
