/// A cluster in one thread and in virtual time, with faults, from a seed.
///
/// What lives here: the scheduler, the network, disks and metadata log of the simulation, its
/// clients, its faults, and the judge of what may never happen. What it may touch: production's
/// replication cores, controller, metadata decisions and log (on `env.sim`), and neither clocks nor
/// files. Who calls it: `moldau chaos sim`, and tests.
///
/// The same seed on the same commit gives the same history.
package io.moldau.chaos.sim;
