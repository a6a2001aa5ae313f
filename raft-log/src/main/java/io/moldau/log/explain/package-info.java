/// What will become of a log's segments, when, and why not yet: for people.
///
/// What lives here: sentences over plain values, by the same rules that `log.clean` decides by.
/// What it may touch: `log`'s values and `log.clean`. Who calls it: the operator's port.
package io.moldau.log.explain;
