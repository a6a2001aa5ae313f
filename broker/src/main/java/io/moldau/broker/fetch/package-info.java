/// Fetch sessions: what a consumer has asked for before, so that it need not ask again.
///
/// What lives here: the sessions of KIP-227, their epochs, and which partitions an incremental
/// answer must name. What it may touch: the request and response schema; no log and no socket. Who
/// calls it: the Fetch handler, from any event loop.
///
/// Source: KIP-227 (incremental fetch), KIP-516 (topic ids).
package io.moldau.broker.fetch;
