/// A whole run: a cluster, its clients, its faults, and what came of it.
///
/// What lives here: the order of things, the progress lines, the exit status, the command. What it
/// may touch: all the other rooms of `chaos` but the simulator. Who calls it: `moldau chaos run`,
/// and tests.
package io.moldau.chaos.drill;
