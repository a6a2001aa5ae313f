/// The executable as an operator meets it: which Java it finds, how it starts, refuses and stops.
///
/// What lives here: tests of the launcher script on made-up Javas, and of exit statuses on the real
/// one. What it may touch: `chaos.run`, processes.
package io.moldau.chaos.launcher;
