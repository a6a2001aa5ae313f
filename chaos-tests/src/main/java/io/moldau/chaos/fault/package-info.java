/// What is done to a cluster of real processes: which harm, to whom, when, and how it is undone.
///
/// What lives here: the kinds of faults, the plan that a seed makes of them, and for each kind the
/// code that does it. What it may touch: `chaos.run` and `chaos.proxy` for processes and links,
/// Kafka's admin client, and files of nodes that are stopped. Who calls it: the run.
///
/// The plan keeps to what is promised: at most one node's disk is damaged, only while every
/// partition has all its replicas, and nothing else is done to processes until it is whole again.
package io.moldau.chaos.fault;
