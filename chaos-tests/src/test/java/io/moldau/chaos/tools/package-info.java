/// Kafka's own command-line tools, unmodified, against the broker; and the files that people start
/// a broker with.
///
/// What lives here: a runner for the tools of any release, scripts with the answers that the real
/// Kafka 4.3.1 gave, and the tests that compare. What it may touch: `chaos.run`, processes,
/// kafka-clients.
package io.moldau.chaos.tools;
