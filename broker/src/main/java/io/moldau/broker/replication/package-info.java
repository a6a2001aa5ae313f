/// How a partition's replicas stay equal: an event goes in, effects come out.
///
/// What lives here: leader and follower of one partition, high watermark, ISR, divergence and
/// truncation. What it may touch: the log's types and the metadata image, and nothing that waits,
/// sleeps or sends. Time arrives as `nowMs`, so a seed replays a whole failover. Who calls it: the
/// partition's own thread, and the simulator.
///
/// Source: KIP-101 and KIP-279 (epochs), KIP-320 (fencing), KIP-903 (node epochs), KIP-966
/// (eligible leader replicas).
package io.moldau.broker.replication;
