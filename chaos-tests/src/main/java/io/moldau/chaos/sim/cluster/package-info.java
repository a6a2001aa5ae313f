/// Simulated nodes and what is between them.
///
/// What lives here: processes with their replicas, production's leader, follower and controller in
/// them; the network; the metadata log that loses, repeats and delays; the judge of records. What
/// it may touch: production's pure cores, and `sim.disk`. Whatever else runs on a node is a
/// [NodePart].
package io.moldau.chaos.sim.cluster;
