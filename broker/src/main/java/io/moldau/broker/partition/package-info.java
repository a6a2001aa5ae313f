/// The partitions that this node keeps a replica of, each on its shard.
///
/// What lives here: the role of this node for each partition (leader, follower, alone), append,
/// fetch, waiting producers and fetches, flushing, the registry that follows the metadata image,
/// and the start of replication. A produce or fetch that names several partitions is split by shard
/// here and joined again. What it may touch: the log, replication's cores and streams, the metadata
/// image, shards; no socket and no request class. Who calls it: `broker.api`, from any thread.
package io.moldau.broker.partition;
