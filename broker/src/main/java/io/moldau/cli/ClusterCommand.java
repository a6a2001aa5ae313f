package io.moldau.cli;

import io.moldau.cli.text.Table;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;

@Command(
        name = "cluster",
        description = "The cluster as a whole: its id, its nodes, its metadata quorum.",
        subcommands = {
            ClusterCommand.Overview.class,
            ClusterCommand.Nodes.class,
            ClusterCommand.Quorum.class
        })
final class ClusterCommand extends CommandGroup {
    @Command(name = "info", description = "Cluster id, controller, and how many of what there is.")
    static final class Overview extends AdminCommand {
        @Override
        void run(Admin admin) throws Exception {
            var cluster = admin.describeCluster();
            var topics =
                    admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get();
            var controller = cluster.controller().get();
            var facts = new LinkedHashMap<String, Object>();
            facts.put("clusterId", cluster.clusterId().get());
            facts.put("controller", controller == null ? null : controller.id());
            facts.put("nodes", cluster.nodes().get().size());
            facts.put("topics", topics.size());
            facts.put(
                    "partitions",
                    topics.values().stream().mapToInt(topic -> topic.partitions().size()).sum());
            if (asJson()) {
                printJson(facts);
            } else {
                var table = new Table(facts.keySet().toArray(String[]::new));
                print(table.row(facts.values().toArray()), "");
            }
        }
    }

    @Command(name = "nodes", description = "The nodes, under the addresses that clients are told.")
    static final class Nodes extends AdminCommand {
        @Override
        void run(Admin admin) throws Exception {
            var cluster = admin.describeCluster();
            var controller = cluster.controller().get();
            var table = new Table("id", "host", "port", "rack", "controller");
            cluster.nodes().get().stream()
                    .sorted(Comparator.comparingInt(Node::id))
                    .forEach(node ->
                            table.row(
                                    node.id(),
                                    node.host(),
                                    node.port(),
                                    node.rack(),
                                    controller != null && node.id() == controller.id()));
            print(table, "No node is alive.");
        }
    }

    @Command(
            name = "quorum",
            description = "Who decides on metadata, and how far each has followed.")
    static final class Quorum extends AdminCommand {
        @Override
        void run(Admin admin) throws Exception {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get();
            var table = new Table("node", "role", "term", "logEnd", "lag", "lastCaughtUpMs");
            for (var voter : quorum.voters()) {
                var role = voter.replicaId() == quorum.leaderId() ? "leader" : "voter";
                row(table, quorum, voter, role);
            }
            for (var observer : quorum.observers()) {
                row(table, quorum, observer, "observer");
            }
            print(table, "The quorum has no members.");
        }

        private static void row(
                Table table, QuorumInfo quorum, QuorumInfo.ReplicaState member, String role) {
            table.row(
                    member.replicaId(),
                    role,
                    quorum.leaderEpoch(),
                    member.logEndOffset(),
                    Math.max(0, quorum.highWatermark() - member.logEndOffset()),
                    known(member.lastCaughtUpTimestamp()));
        }

        private static Long known(OptionalLong timestamp) {
            return timestamp.isPresent() && timestamp.getAsLong() >= 0
                    ? timestamp.getAsLong()
                    : null;
        }
    }
}
