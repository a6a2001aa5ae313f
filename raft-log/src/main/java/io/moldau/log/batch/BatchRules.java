package io.moldau.log.batch;

/// What a topic demands of the batches that clients send.
///
/// @param keysRequired a compacted topic needs every record to have a key
/// @param stampsAppendTime the broker's time replaces the producer's
/// @param beforeMaxMs how far a record may lie in the past
/// @param afterMaxMs how far a record may lie in the future
/// @param maxBytes largest batch, header included
/// @param transactional whether the batch is to be part of a transaction, or none may be
public record BatchRules(
        boolean keysRequired,
        boolean stampsAppendTime,
        long beforeMaxMs,
        long afterMaxMs,
        int maxBytes,
        boolean transactional) {
    /// The same for batches of a transaction.
    public BatchRules forTransactions() {
        return new BatchRules(
                keysRequired, stampsAppendTime, beforeMaxMs, afterMaxMs, maxBytes, true);
    }
}
