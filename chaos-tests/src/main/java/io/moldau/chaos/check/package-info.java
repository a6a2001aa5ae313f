/// Judges histories. Every anomaly is named as Jepsen's Kafka workload names it, where that has a
/// name.
///
/// What lives here: checkers that take operations and give anomalies, and `moldau chaos check`. A
/// history is walked through twice, once to judge and once to quote, and is never in memory. What
/// it may touch: `chaos.history` and `chaos.timeline`.
///
/// Source: Jepsen's reports on Redpanda 21.10.1 and Bufstream 0.1 for the names.
package io.moldau.chaos.check;
