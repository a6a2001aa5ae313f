/// The streams between nodes that carry records from leaders to followers.
///
/// What lives here: the frames and how they are laid out on the wire, the follower's link to a
/// leader's node, the leader's sender to a follower's node, credit and throttling. What it may
/// touch: gRPC through `peer`, the contract, shards; of partitions only the two interfaces that
/// they are seen through here. Who calls it: `broker.partition`, on its shards.
///
/// A frame's records are neither parsed nor re-encoded: the sender reads a stretch of a file into
/// the frame, the receiver hands slices of what the socket read to the log.
package io.moldau.broker.replication.stream;
