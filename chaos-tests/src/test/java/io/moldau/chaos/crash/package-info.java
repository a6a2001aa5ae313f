/// Brokers that are killed with -9 while clients work.
///
/// What lives here: the test that kills one broker under load. What it may touch: `chaos.run`,
/// `chaos.load`, kafka-clients.
package io.moldau.chaos.crash;
