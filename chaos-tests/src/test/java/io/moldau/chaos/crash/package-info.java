/// Brokers that are killed with -9 while clients work.
///
/// What lives here: a load that keeps a history, and the test that kills under it. What it may
/// touch: `chaos.run`, `chaos.history`, `chaos.check`, kafka-clients.
package io.moldau.chaos.crash;
