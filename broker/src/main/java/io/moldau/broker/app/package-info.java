/// The wiring of one node: what depends on what, and in which order it starts and stops.
///
/// What lives here: [BrokerNode] and the identity of its data directories. What it may touch: every
/// room of the broker. Who calls it: the command line, and tests that want a whole node.
package io.moldau.broker.app;
