package io.moldau.cli;

import io.moldau.cli.text.Table;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "nodes",
        description = {
            "The nodes of the cluster: who they are, who votes, and how one leaves.",
            "A node comes by itself: moldau start --join HOST:PORT,..."
        },
        subcommands = {
            NodesCommand.ListNodes.class,
            NodesCommand.Add.class,
            NodesCommand.Remove.class,
            NodesCommand.Drain.class,
            NodesCommand.Replace.class
        })
final class NodesCommand extends CommandGroup {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int NAMED_MAX = 5;

    @Command(
            name = "list",
            description = "Every node: whether it is alive, its part in the quorum, what it holds.")
    static final class ListNodes extends AdminCommand {
        @Override
        void run(Admin admin) throws Exception {
            var cluster = ClusterState.ask(admin);
            var table =
                    new Table(
                            "node",
                            "host",
                            "port",
                            "rack",
                            "alive",
                            "role",
                            "lag",
                            "leads",
                            "replicas",
                            "disks");
            var alive =
                    cluster.nodes().stream()
                            .filter(node -> !node.isFenced())
                            .map(Node::id)
                            .toList();
            var disks = DiskStates.ask(admin, alive);
            for (var node : cluster.nodes()) {
                var member = cluster.voter(node.id()).or(() -> cluster.listener(node.id()));
                table.row(
                        node.id(),
                        node.host(),
                        node.port(),
                        node.rack(),
                        !node.isFenced(),
                        cluster.role(node.id()),
                        member.map(state -> lag(cluster.quorum(), state)).orElse(null),
                        cluster.ledBy(node.id()),
                        cluster.replicasOn(node.id()),
                        disks.get(node.id()));
            }
            print(table, "The cluster has no nodes.");
        }

        private static Long lag(QuorumInfo quorum, QuorumInfo.ReplicaState member) {
            return Math.max(0, quorum.highWatermark() - member.logEndOffset());
        }
    }

    @Command(
            name = "add",
            description = {
                "Makes a node that has joined a voter of the metadata quorum.",
                "The cluster does so by itself until three vote, or five where there are as many."
            })
    static final class Add extends AdminCommand {
        @Parameters(paramLabel = "NODE", description = "its number")
        private int nodeId;

        @Override
        void run(Admin admin) throws Exception {
            makeVoter(admin, ClusterState.ask(admin), nodeId);
            done("Node %d votes.".formatted(nodeId));
        }
    }

    @Command(
            name = "remove",
            description = {
                "Takes a node that is stopped, and holds no replicas, out of the cluster.",
                "moldau nodes drain empties a node first."
            })
    static final class Remove extends AdminCommand {
        @Parameters(paramLabel = "NODE", description = "its number")
        private int nodeId;

        @Option(names = "--force", description = "although it is alive or holds replicas")
        private boolean force;

        @Override
        void run(Admin admin) throws Exception {
            var cluster = ClusterState.ask(admin);
            var node = cluster.node(nodeId);
            long replicas = cluster.replicasOn(nodeId);
            if (!force && replicas > 0) {
                throw CliException.failure(
                        "Node %d holds %d replicas: move them with moldau nodes drain %d first, or add --force."
                                .formatted(nodeId, replicas, nodeId));
            }
            if (!force && !node.isFenced()) {
                throw CliException.failure(
                        "Node %d is alive and would only come back: stop it first, or add --force."
                                .formatted(nodeId));
            }
            dismiss(admin, cluster, nodeId);
            done("Node %d was removed.".formatted(nodeId));
        }
    }

    @Command(
            name = "drain",
            description = "Moves every replica of a node to others, so that it can be removed.")
    static final class Drain extends AdminCommand {
        @Parameters(paramLabel = "NODE", description = "its number")
        private int nodeId;

        @Option(names = "--no-wait", description = "begin the moves and return")
        private boolean doNotWait;

        @Override
        void run(Admin admin) throws Exception {
            var cluster = ClusterState.ask(admin);
            cluster.node(nodeId);
            var plan =
                    new ReplicaMoves(cluster.topics(), cluster.aliveBut(nodeId)).awayFrom(nodeId);
            refuseIfStuck(plan, nodeId);
            move(admin, plan.replicas(), doNotWait);
            done(
                    doNotWait
                            ? "%d replicas begin to leave node %d."
                                    .formatted(plan.replicas().size(), nodeId)
                            : "Node %d holds no replicas any more; %d were moved."
                                    .formatted(nodeId, plan.replicas().size()));
        }
    }

    @Command(
            name = "replace",
            description = {
                "Gives another node all that a node had: its replicas and its vote.",
                "The old node is then removed, if it is not alive."
            })
    static final class Replace extends AdminCommand {
        @Parameters(index = "0", paramLabel = "OLD", description = "the number of the node to go")
        private int oldId;

        @Parameters(index = "1", paramLabel = "NEW", description = "the number of the new node")
        private int newId;

        @Override
        void run(Admin admin) throws Exception {
            var cluster = ClusterState.ask(admin);
            var old = cluster.node(oldId);
            var heir = cluster.node(newId);
            if (heir.isFenced()) {
                throw CliException.failure(
                        "Node %d is not alive: start it first.".formatted(newId));
            }
            if (cluster.voter(oldId).isPresent() && cluster.voter(newId).isEmpty()) {
                makeVoter(admin, cluster, newId);
            }
            var plan = new ReplicaMoves(cluster.topics(), List.of(heir)).awayFrom(oldId);
            refuseIfStuck(plan, oldId);
            move(admin, plan.replicas(), false);
            if (old.isFenced()) {
                dismiss(admin, cluster, oldId);
            }
            done(
                    "Node %d has taken over %d replicas from node %d%s."
                            .formatted(
                                    newId,
                                    plan.replicas().size(),
                                    oldId,
                                    old.isFenced()
                                            ? ", which was removed"
                                            : "; stop that one and remove it"));
        }
    }

    private static void makeVoter(Admin admin, ClusterState cluster, int nodeId) throws Exception {
        var listener = cluster.listener(nodeId);
        if (listener.isEmpty()) {
            throw CliException.failure(
                    cluster.voter(nodeId).isPresent()
                            ? "Node %d votes already.".formatted(nodeId)
                            : "Node %d has not joined: start it with --join first."
                                    .formatted(nodeId));
        }
        var node = cluster.node(nodeId);
        // Kafka wants an address; the cluster knows its own.
        var endpoint = new RaftVoterEndpoint("CLUSTER", node.host(), node.port());
        admin.addRaftVoter(nodeId, listener.get().replicaDirectoryId(), Set.of(endpoint))
                .all()
                .get();
    }

    private static void dismiss(Admin admin, ClusterState cluster, int nodeId) throws Exception {
        var voter = cluster.voter(nodeId);
        if (voter.isPresent()) {
            admin.removeRaftVoter(nodeId, voter.get().replicaDirectoryId()).all().get();
        }
        admin.unregisterBroker(nodeId).all().get();
    }

    private static void refuseIfStuck(ReplicaMoves.Plan plan, int nodeId) {
        if (!plan.stuck().isEmpty()) {
            throw CliException.failure(
                    "No other node is left for %d replicas of node %d (%s%s): add a node, or lower their replication factor."
                            .formatted(
                                    plan.stuck().size(),
                                    nodeId,
                                    plan.stuck().stream()
                                            .limit(NAMED_MAX)
                                            .map(TopicPartition::toString)
                                            .collect(Collectors.joining(", ")),
                                    plan.stuck().size() > NAMED_MAX ? ", ..." : ""));
        }
    }

    private static void move(
            Admin admin, Map<TopicPartition, List<Integer>> replicas, boolean doNotWait)
            throws Exception {
        if (replicas.isEmpty()) {
            return;
        }
        admin.alterPartitionReassignments(
                        replicas.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                Map.Entry::getKey,
                                                move ->
                                                        Optional.of(
                                                                new NewPartitionReassignment(
                                                                        move.getValue())))))
                .all()
                .get();
        while (!doNotWait && isUnderWay(admin, replicas.keySet())) {
            Thread.sleep(POLL);
        }
    }

    private static boolean isUnderWay(Admin admin, Set<TopicPartition> moved) throws Exception {
        var underWay =
                new HashSet<>(
                        admin.listPartitionReassignments(moved).reassignments().get().keySet());
        return !underWay.isEmpty();
    }
}
