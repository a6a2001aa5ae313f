/// What of a log may go: which segments retention gives up, and which records compaction.
///
/// What lives here: decisions over plain values; and the cleaner, which reads closed segments and
/// writes new ones beside them on a thread of its own. Putting them in their place is `log`'s. What
/// it may touch: one segment's files (`log.segment`), the batch format (`log.batch`), the disk. Who
/// calls it: `log`, and whoever runs cleaners.
///
/// Source: KIP-58 and KIP-354 (lags), KIP-534 (delete horizons).
package io.moldau.log.clean;
