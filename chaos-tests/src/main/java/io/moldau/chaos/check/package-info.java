/// Judges histories. Every anomaly is named as Jepsen's Kafka workload names it, where that has a
/// name.
///
/// What lives here: checkers as pure functions from events to anomalies. What it may touch:
/// `chaos.history` and nothing else.
///
/// Source: Jepsen's reports on Redpanda 21.10.1 and Bufstream 0.1 for the names.
package io.moldau.chaos.check;
