/// How the nodes of a cluster reach each other: one port, one gRPC server behind it, one connection
/// to each other node, and mutual TLS around all of it where that is set.
///
/// What lives here: sockets between nodes and their settings; what is said over them is defined by
/// whoever adds a service. What it may touch: gRPC and Netty, and no other room. Who calls it: the
/// quorum, the controller, record replication, and the node's wiring.
@NullMarked
package io.moldau.peer;

import org.jspecify.annotations.NullMarked;
