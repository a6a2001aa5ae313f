/// What every part of a simulation agrees on: time, chance, the mix of a seed, and what is broken.
///
/// What lives here: virtual time, chance by purpose, which faults a seed draws, the places where
/// tests plant bugs ([Rules]). What it may touch: the types of production that those places name.
package io.moldau.chaos.sim.world;
