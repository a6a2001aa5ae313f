/// What clients saw, as values: the input of every checker.
///
/// What lives here: the events of a run. What it may touch: nothing.
package io.moldau.chaos.history;
