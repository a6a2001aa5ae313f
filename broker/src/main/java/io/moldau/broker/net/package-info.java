/// The only room with sockets: frames in, answers out, in the order in which the requests came.
///
/// What lives here: listeners and their limits, cutting the byte stream into frames, decoding and
/// encoding with Kafka's own message classes, back-pressure, and the bound on memory that requests
/// in flight may hold. What a request means is `broker.api`'s business. What it may touch:
/// `broker.api` and Netty; nothing that blocks. Who calls it: the wiring of the node, once.
///
/// A connection belongs to one event loop, which alone touches its state; only [MemoryBudget] and
/// the connection counters are shared between loops.
package io.moldau.broker.net;
