package io.moldau.broker.app;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.net.Endpoint;
import io.moldau.broker.partition.LogStore;
import io.moldau.broker.partition.Maintenance;
import io.moldau.broker.partition.Partitions;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.MetadataQuorum;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// One running node.
///
/// It starts from the inside out (directories, quorum, partitions, groups, sockets) and stops the
/// other way round, so that nothing is asked of what is not there.
public final class BrokerNode implements AutoCloseable {
}
