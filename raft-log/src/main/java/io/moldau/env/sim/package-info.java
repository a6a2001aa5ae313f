/// The same world, seeded and hostile: a disk that forgets what was not flushed.
///
/// What lives here: disks in memory. What it may touch: `env`, and no file, thread or clock. Who
/// calls it: tests, and the simulator that ships as `moldau chaos sim`; no broker does.
package io.moldau.env.sim;
