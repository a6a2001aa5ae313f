/// How the controller knows who lives: one session for each node.
///
/// What lives here: [NodeSession][io.moldau.quorum.session.NodeSession], the node's end, which
/// registers the node and keeps a session with whichever node leads the quorum; the calls that
/// carry it; and what the other end has to be able to do
/// ([SessionHost][io.moldau.quorum.session.SessionHost]). What it may touch: the quorum, the ports
/// between nodes. Who calls it: the node's wiring.
@NullMarked
package io.moldau.quorum.session;

import org.jspecify.annotations.NullMarked;
