/// Our log beside Apache Kafka's own log classes: the same batches, the same machine, one thread.
///
/// What lives here: one class per question, and what builds the data for both sides. What it may
/// touch: the log's public types and those of `kafka-storage`; nothing of this is shipped. Who
/// calls it: JMH, by the command in CONTRIBUTING.
package io.moldau.benchmarks;
