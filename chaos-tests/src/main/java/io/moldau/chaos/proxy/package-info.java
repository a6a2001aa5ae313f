/// The network between the nodes of a cluster, in the hands of whoever wants to harm it.
///
/// What lives here: one proxy for each direction of each pair of nodes, and what may be wrong with
/// it. What it may touch: sockets. It knows nothing of what is said over them. Who calls it: the
/// cluster that is started behind it, and the faults.
package io.moldau.chaos.proxy;
