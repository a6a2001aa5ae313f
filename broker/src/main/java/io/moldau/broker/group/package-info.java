/// Consumer groups: who is a member, who reads what, how far they have come.
///
/// What lives here: the classic group protocol as a pure core ([ClassicGroup]: events and time in,
/// effects out), the shell that gives each group a thread, timers and a durable home
/// ([GroupCoordinator]), and committed offsets with their expiry. What it may touch: the metadata
/// image and the quorum's commands, through [GroupStore]; shards and the clock. The core touches
/// nothing. Who calls it: the group handlers in `broker.api`, and the simulator.
///
/// Source: KIP-62 (rebalance timeout), KIP-134 (initial delay), KIP-345 and KIP-814 (static
/// members), KIP-394 (member id round trip), KIP-559 (protocol checks), KIP-800 (reasons).
package io.moldau.broker.group;
