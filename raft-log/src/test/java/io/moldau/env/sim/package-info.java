/// The same world, seeded and hostile: a disk that forgets what was not flushed.
package io.moldau.env.sim;
