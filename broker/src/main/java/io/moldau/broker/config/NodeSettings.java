package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofType;
import static io.moldau.broker.config.Setting.unset;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// Who this node is and where it keeps its data.
final class NodeSettings {
    static final List<Setting> ALL =
            List.of(
                    ofInt(
                                    "node.id",
                                    -1,
                                    "This node's number in its cluster; -1 lets the cluster give"
                                            + " one, which the node keeps.")
                            .allowing(Range.atLeast(-1)),
                    ofInt("broker.id", -1, "The older name of node.id.")
                            .allowing(Range.atLeast(-1)),
                    unset(
                            "broker.rack",
                            ConfigDef.Type.STRING,
                            "The rack or zone of this node; replicas of one partition are spread"
                                    + " over racks."),
                    unset(
                            "moldau.cluster.id",
                            ConfigDef.Type.STRING,
                            "The id that a new cluster takes; a node whose data belong to another"
                                    + " cluster refuses to start. Without it a new cluster makes"
                                    + " up its own. The environment variable CLUSTER_ID sets it"
                                    + " too."),
                    ofType(
                            "log.dir",
                            ConfigDef.Type.LIST,
                            "/tmp/kafka-logs",
                            "The directory of the partitions' logs, if log.dirs is not set."),
                    unset(
                            "log.dirs",
                            ConfigDef.Type.LIST,
                            "The directories of the partitions' logs, separated by commas; each"
                                    + " partition lives in one of them."),
                    unset(
                            "metadata.log.dir",
                            ConfigDef.Type.STRING,
                            "The directory of the cluster's metadata; the first of log.dirs if not"
                                    + " set."));

    private NodeSettings() {}
}
