/// How nodes become a cluster without a step: who is out there, is there a cluster already, and if
/// not, which of us founds it.
///
/// What lives here: [Gathering][io.moldau.quorum.bootstrap.Gathering], a pure core that turns
/// answers into a verdict; the calls around it; what a node remembers of it all. What it may touch:
/// the ports between nodes and the quorum's members. Who calls it: the node's wiring, before and
/// after its part of the quorum starts.
@NullMarked
package io.moldau.quorum.bootstrap;

import org.jspecify.annotations.NullMarked;
