/// The metadata quorum: one Ratis group whose state machine holds the cluster image and the
/// committed offsets.
///
/// What lives here: the state machine's shell, snapshot files, submission, recovery of the quorum's
/// own log, status. What it may touch: `metadata` and its contracts; it is the only room that knows
/// Ratis. Who calls it: every node's wiring, once, and whoever holds a [MetadataQuorum].
@NullMarked
package io.moldau.quorum;

import org.jspecify.annotations.NullMarked;
