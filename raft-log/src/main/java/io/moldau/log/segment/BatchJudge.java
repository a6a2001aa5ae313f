package io.moldau.log.segment;

/// Says of each batch whose size, checksum and place are right whether it can be what was written.
@FunctionalInterface
public interface BatchJudge {
    BatchJudge NONE = _ -> null;

    /// What is wrong with the batch; null when nothing is. The scanner is the caller's.
    String flawOf(BatchScanner batch);
}
