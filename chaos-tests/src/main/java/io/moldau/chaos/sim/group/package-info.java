/// Consumer groups in the simulation.
///
/// What lives here: production's group coordinator on every simulated node, with the metadata as
/// that node has applied it; members that join, heartbeat, commit, crash and pause; the judge of
/// owners, generations and committed offsets. What it may touch: `broker.group` and `sim.cluster`.
///
/// Requests and answers are the coordinator's own events; the handlers that decode them, and Ratis
/// below the metadata, are not here.
package io.moldau.chaos.sim.group;
