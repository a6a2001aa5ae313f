/// The command line: `moldau start` and the commands for people.
///
/// What lives here: one class per command, what they share (where the broker is, how a failure is
/// said in one sentence), and `main`. What it may touch: `broker.app` to start a node, Kafka's own
/// clients to talk to one. Who calls it: the launcher script of module `deploy`.
package io.moldau.cli;
