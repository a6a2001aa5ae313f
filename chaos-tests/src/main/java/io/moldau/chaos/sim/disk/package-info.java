/// What simulated nodes keep: logs in memory, and production's logs on a simulated disk.
///
/// What lives here: a node's store of logs in two kinds behind one interface ([SimStore]), and the
/// records in them. What it may touch: production's log on `env.sim`; no node, no network.
package io.moldau.chaos.sim.disk;
