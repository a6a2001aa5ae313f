/// The log of events: one line each on the error stream, as text or as JSON.
///
/// What lives here: an SLF4J provider small enough to be loaded in a few milliseconds, its two
/// formats, and the levels. What it may touch: nothing of the broker. Who calls it: everyone,
/// through SLF4J; `cli` and the admin handlers through [Logging].
///
/// Our own because the broker must be up in well under a second and events carry keys and values:
/// the ready-made backends either read a configuration by reflection or drop the pairs.
package io.moldau.broker.logging;
