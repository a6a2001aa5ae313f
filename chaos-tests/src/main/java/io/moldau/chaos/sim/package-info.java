/// A cluster in one thread and in virtual time, with faults, from a seed.
///
/// What lives here: one seed from its beginning to its verdict, what goes wrong in it, and many
/// seeds side by side, and the command. What it may touch: the rooms below, and neither clocks nor
/// files. Who calls it: `moldau chaos sim`, and tests.
///
/// ```
/// sim → sim.group → sim.cluster → sim.disk → sim.world
/// ```
///
/// The same seed on the same commit gives the same history.
package io.moldau.chaos.sim;
