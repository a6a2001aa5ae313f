/// Brokers as real processes: start, watch, stop, kill, and the network between them.
///
/// What lives here: one broker process with its folder and log, clusters of them (our own behind
/// proxies, somebody else's behind commands), what an admin client sees of them, and the figures
/// that the kernel keeps. What it may touch: processes, `/proc`, sockets, `chaos.proxy`,
/// `chaos.timeline` and Kafka's admin client; never the broker's classes, so whatever answers the
/// command line and speaks the protocol can stand in for it. Who calls it: the acceptance tests,
/// and the runs with faults.
package io.moldau.chaos.run;
