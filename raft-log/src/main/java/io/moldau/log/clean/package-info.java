/// What may go: which segments retention gives up.
///
/// What lives here: decisions over plain values, no files. What it may touch: nothing. Who calls
/// it: `log`.
package io.moldau.log.clean;
