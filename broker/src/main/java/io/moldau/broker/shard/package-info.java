/// Threads that own what they touch.
///
/// What lives here: single-threaded executors with timers, and the rule that maps a hash to one of
/// them. What it may touch: the clock, nothing else. Who calls it: partitions and group
/// coordinators, which live on a shard each.
package io.moldau.broker.shard;
