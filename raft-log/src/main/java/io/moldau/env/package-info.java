/// The world as interfaces, and the real one.
///
/// What lives here: time and disks, as the rest of the code sees them. What it may touch: the
/// operating system; nothing of ours. Who calls it: everybody. Tests put a seeded and hostile world
/// in its place.
package io.moldau.env;
