/// Where replicas go and who leads: pure functions.
///
/// What lives here: rack-aware placement of new partitions and the choice of their leaders. What it
/// may touch: nothing but its arguments. Who calls it: `metadata`, when it decides a command.
@NullMarked
package io.moldau.metadata.placement;

import org.jspecify.annotations.NullMarked;
