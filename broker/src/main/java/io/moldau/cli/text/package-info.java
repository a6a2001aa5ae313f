/// How the command line writes: tables, JSON, record format strings.
///
/// What lives here: pure functions from values to text. What it may touch: the JDK and Kafka's
/// `ConsumerRecord`. Who calls it: the commands, and the log's JSON layout.
package io.moldau.cli.text;
