/// The partitions that this node leads, each on its shard.
///
/// What lives here: append, fetch, high watermark, waiting fetches, flushing, and the registry that
/// follows the metadata image. A produce or fetch that names several partitions is split by shard
/// here and joined again. What it may touch: the log, the metadata image, shards; no socket and no
/// request class. Who calls it: `broker.api`, from any thread.
package io.moldau.broker.partition;
