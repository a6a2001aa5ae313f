package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofBoolean;
import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.unset;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// How this node finds the others, and when they take it for dead.
final class ClusterSettings {
    static final List<Setting> ALL =
            List.of(
                    unset(
                                    "cluster.listen",
                                    ConfigDef.Type.STRING,
                                    "Where the other nodes reach this one, as HOST:PORT; everything"
                                            + " between nodes goes over this one port. If not set:"
                                            + " the host of the first listener, port 9094; a node"
                                            + " without cluster.join goes on without it when that"
                                            + " port is taken.")
                            .allowing(ClusterKeys.ADDRESS),
                    unset(
                                    "cluster.join",
                                    ConfigDef.Type.LIST,
                                    "The cluster addresses of other nodes, as HOST or HOST:PORT"
                                            + " separated by commas; this node's own may be among"
                                            + " them. Nodes that name each other found a cluster"
                                            + " together, or join the one that is there. Without it"
                                            + " a node is a cluster of one, which others may join."
                                            + " The environment variable MOLDAU_JOIN and --join set"
                                            + " it too.")
                            .allowing(ClusterKeys.ADDRESSES),
                    unset(
                            "cluster.tls.certificate",
                            ConfigDef.Type.STRING,
                            "The PEM file with the certificate, and the chain above it, that this"
                                    + " node shows the others. It is set together with"
                                    + " cluster.tls.key and cluster.tls.trusted, or none of them"
                                    + " is."),
                    unset(
                            "cluster.tls.key",
                            ConfigDef.Type.STRING,
                            "The PEM file with the private key of cluster.tls.certificate, in"
                                    + " PKCS#8."),
                    unset(
                            "cluster.tls.trusted",
                            ConfigDef.Type.STRING,
                            "The PEM file with the certificates that the other nodes' own must come"
                                    + " from; both ends of a connection check."),
                    ofInt(
                                    "broker.session.timeout.ms",
                                    2000,
                                    "How long the controller may hear nothing from a node before it"
                                            + " takes its partitions away. A node whose process"
                                            + " ended is noticed at once.")
                            .allowing(Range.atLeast(100)),
                    ofLong(
                                    ClusterKeys.REPLACE_AFTER,
                                    600_000,
                                    "How long a voter of the metadata quorum may be away before"
                                            + " another node votes in its place."
                                            + " quorum.voter.replace.after takes the same with a"
                                            + " unit, such as 10m.")
                            .allowing(Range.atLeast(0)),
                    ofBoolean(
                            "controlled.shutdown.enable",
                            true,
                            "Whether a node that is told to stop first hands its leadership to"
                                    + " others."),
                    ofBoolean(
                            "auto.leader.rebalance.enable",
                            true,
                            "Whether partitions go back to the first replica of their list when"
                                    + " that is in sync again."),
                    ofLong(
                                    "leader.imbalance.check.interval.seconds",
                                    300,
                                    "How often the controller looks for partitions that another"
                                            + " replica than the first leads; besides, once when a"
                                            + " whole cluster has started.")
                            .allowing(Range.atLeast(1)),
                    ofLong(
                            "replica.lag.time.max.ms",
                            30_000,
                            "A follower that was not at the end of the leader's log for so long"
                                    + " leaves the in-sync replicas."),
                    unset(
                                    "admin.listen",
                                    ConfigDef.Type.STRING,
                                    "Where /livez, /readyz, /metrics, /safe-to-stop and /segments"
                                            + " answer, as HOST:PORT; none for nowhere. If not set:"
                                            + " 127.0.0.1:9644, and nowhere when that is taken.")
                            .allowing(ClusterKeys.ADDRESS_OR_NONE));

    private ClusterSettings() {}
}
