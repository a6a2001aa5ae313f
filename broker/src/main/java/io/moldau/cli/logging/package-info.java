/// The log on standard error: one line an event, its facts as `key=value` or as JSON fields.
///
/// What lives here: the SLF4J provider of the executable, its levels, its two layouts. What it may
/// touch: SLF4J and `cli.text`. Who calls it: SLF4J finds it by its service file; `main` and
/// `moldau start` set layout and levels.
package io.moldau.cli.logging;
