/// The clients that people have, each in a process of its own, and what the broker promises all of
/// them.
///
/// What lives here: small programs, one per client library, that all obey the same commands; the
/// harness that runs them and reads what they saw; and the matrix of clients and compressions. What
/// it may touch: `chaos.run`, client libraries, processes; never the broker's classes.
///
/// A program is started with the bootstrap address and then told on standard input, a line each:
///
/// - `produce TOPIC CODEC FROM COUNT`: sends the records FROM … FROM+COUNT-1; record i has the key
///   `k<i % 100>` and the value `<i>|` and some text. Answers `produced COUNT`, or `cannot REASON`
///   when the library lacks the codec
/// - `join GROUP TOPIC,…`: becomes a member, commits by itself after every poll
/// - `leave`: closes the consumer and answers `left`
/// - end of input: ends
///
/// It tells on standard output, fields parted by tabs, the second always the time in milliseconds:
/// `assigned T-P,…` (all that it now has), `record T P OFFSET KEY I`, `committed T P OFFSET`,
/// `failed REASON`.
package io.moldau.chaos.clients;
