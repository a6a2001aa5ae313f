/// The documents say what is true.
///
/// What lives here: tests that run what README.md tells to run. What it may touch: processes.
package io.moldau.chaos.readme;
