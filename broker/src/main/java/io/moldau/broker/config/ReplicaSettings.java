package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.unset;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// How records get to other replicas, and which of them consumers read.
final class ReplicaSettings {
    static final List<Setting> ALL =
            List.of(
                    unset(
                                    "replica.selector.class",
                                    ConfigDef.Type.STRING,
                                    "Which replica a consumer is sent to. Only Kafka's own"
                                            + " RackAwareReplicaSelector is known: one in sync and"
                                            + " in the consumer's client.rack. Without it, the"
                                            + " leader.")
                            .allowing(Checks.REPLICA_SELECTOR),
                    ofLong(
                                    "leader.replication.throttled.rate",
                                    Long.MAX_VALUE,
                                    "Bytes a second that this node sends at most to followers that"
                                            + " are out of sync, of the replicas in"
                                            + " leader.replication.throttled.replicas.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "follower.replication.throttled.rate",
                                    Long.MAX_VALUE,
                                    "Bytes a second that this node takes at most as a follower that"
                                            + " is out of sync, of the replicas in"
                                            + " follower.replication.throttled.replicas.")
                            .allowing(Range.atLeast(0))
                            .clusterWide());

    private ReplicaSettings() {}
}
