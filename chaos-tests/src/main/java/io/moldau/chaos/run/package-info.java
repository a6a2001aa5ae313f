/// Brokers as real processes: start, watch, stop, kill.
///
/// What lives here: one broker process with its folder and log, and the figures that the kernel
/// keeps about it. What it may touch: processes, `/proc` and sockets; never the broker's classes,
/// so whatever answers the command line and speaks the protocol can stand in for it. Who calls it:
/// the acceptance tests, and later the long runs with faults.
package io.moldau.chaos.run;
