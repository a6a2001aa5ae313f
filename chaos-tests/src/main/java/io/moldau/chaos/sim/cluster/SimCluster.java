package io.moldau.chaos.sim.cluster;

import io.moldau.chaos.sim.disk.DiskStore;
import io.moldau.chaos.sim.disk.MemoryStore;
import io.moldau.chaos.sim.disk.SimStore;
import io.moldau.chaos.sim.world.Fault;
import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Mix;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.chaos.sim.world.Timeline;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeAddress;
import io.moldau.metadata.Outcome;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/// Everything there is in one simulation.
public final class SimCluster {
    public static final String MIN_ISR = "min.insync.replicas";
    private static final Uuid FIRST_TOPIC_ID = new Uuid(7, 7);
    private static final Uuid GROUPS_TOPIC_ID = new Uuid(8, 8);

    /// Between two topics of the same name.
    private static final PartitionImage NOWHERE =
            PartitionImage.created(PartitionImage.NO_LEADER, List.of(), List.of());

    private final Mix mix;
    private final Rules rules;
    private final Timeline timeline;
    private final SimNetwork network;
    private final SimMetadata metadata;
    private final Oracle oracle;
    private final SimController controller;
    private final List<MetadataCommand> firstCommands;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimStream> streams = new ArrayList<>();
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
    private long lastStream;

    public SimCluster(Mix mix, Rules rules, boolean tracing) {
        this.mix = mix;
        this.rules = rules;
        timeline = new Timeline(tracing);
        network = new SimNetwork(mix, this);
        firstCommands = firstCommands(mix);
        var first = ClusterImage.empty();
        for (var command : firstCommands) {
            first = accepted(command, first);
        }
        metadata = new SimMetadata(this, mix, first);
        oracle = new Oracle(this, first);
        for (int id = 1; id <= mix.nodes(); id++) {
            nodes.add(new SimNode(id, this, mix));
        }
        controller = new SimController(this);
        nodes.forEach(SimNode::start);
    }

    /// All nodes in their first life, and the topics.
    private static List<MetadataCommand> firstCommands(Mix mix) {
        var commands = new ArrayList<MetadataCommand>();
        var luck = new Luck(mix.seed(), 4);
        for (int id = 1; id <= mix.nodes(); id++) {
            var register =
                    new RegisterNode(
                            id,
                            new Uuid(id, 1001),
                            new Uuid(id, 1),
                            List.of(),
                            new NodeAddress("127.0.0.1", 9094 + id),
                            null,
                            ClusterImage.FEATURE_LEVEL,
                            -1,
                            true);
            commands.add(register);
            commands.add(new UnfenceNode(id, id));
        }
        var assignment = new ArrayList<List<Integer>>();
        for (int partition = 0; partition < mix.partitions(); partition++) {
            assignment.add(replicas(mix, luck));
        }
        commands.add(creation(mix, FIRST_TOPIC_ID, assignment));
        if (mix.groups() > 0) {
            commands.add(groupsCreation(mix));
        }
        return commands;
    }

    /// Its leaders are the groups' coordinators. It is as safe as the other one, or a lost disk
    /// might leave nobody to lead it.
    private static CreateTopic groupsCreation(Mix mix) {
        var luck = new Luck(mix.seed(), 6);
        var assignment = new ArrayList<List<Integer>>();
        for (int partition = mix.partitions(); partition < mix.logs(); partition++) {
            assignment.add(replicas(mix, luck));
        }
        var configs = Map.of(MIN_ISR, Integer.toString(mix.minIsr()));
        return new CreateTopic(
                Mix.GROUPS_TOPIC, GROUPS_TOPIC_ID, -1, (short) -1, assignment, configs, 1);
    }

    private static CreateTopic creation(Mix mix, Uuid id, List<List<Integer>> assignment) {
        var configs =
                Map.of(
                        MIN_ISR,
                        Integer.toString(mix.minIsr()),
                        "unclean.leader.election.enable",
                        Boolean.toString(mix.electsUncleanlyByItself()));
        return new CreateTopic(Mix.TOPIC, id, -1, (short) -1, assignment, configs, 1);
    }

    /// The topic goes, and another one of its name takes its place.
    public void recreateTopic(Luck luck) {
        var former = metadata.newest().topic(Mix.TOPIC).id();
        var assignment = new ArrayList<List<Integer>>();
        for (int partition = 0; partition < mix.partitions(); partition++) {
            assignment.add(replicas(mix, luck));
        }
        var id = new Uuid(7, former.getLeastSignificantBits() + 1);
        metadata.decideNow(List.of(new DeleteTopic(former), creation(mix, id, assignment)));
    }

    private static ClusterImage accepted(MetadataCommand command, ClusterImage image) {
        var decision = MetadataMachine.decide(command, image);
        if (decision.outcome() instanceof Outcome.Refused refused) {
            throw new IllegalStateException(command + " is refused: " + refused);
        }
        return decision.image();
    }

    public static List<Integer> replicas(Mix mix, Luck luck) {
        var all = new ArrayList<Integer>();
        for (int id = 1; id <= mix.nodes(); id++) {
            all.add(luck.below(all.size() + 1), id);
        }
        return List.copyOf(all.subList(0, mix.replicas()));
    }

    /// What the metadata began with.
    public List<MetadataCommand> firstCommands() {
        return firstCommands;
    }

    /// Something has gone wrong.
    public void onStruck(Fault fault) {
        struck.merge(fault, 1L, Long::sum);
    }

    /// How often each fault has struck.
    public Map<Fault, Long> struck() {
        return struck;
    }

    public Mix mix() {
        return mix;
    }

    public Rules rules() {
        return rules;
    }

    public Timeline timeline() {
        return timeline;
    }

    public SimNetwork network() {
        return network;
    }

    public SimMetadata metadata() {
        return metadata;
    }

    public SimController controller() {
        return controller;
    }

    public Oracle oracle() {
        return oracle;
    }

    public List<SimNode> nodes() {
        return nodes;
    }

    public SimNode node(int id) {
        return nodes.get(id - 1);
    }

    /// The topic of a node's n-th replica.
    public String topicOf(int partition) {
        return partition < mix.partitions() ? Mix.TOPIC : Mix.GROUPS_TOPIC;
    }

    public int numberOf(int partition) {
        return partition < mix.partitions() ? partition : partition - mix.partitions();
    }

    public PartitionImage partition(int number) {
        var topic = metadata.newest().topic(topicOf(number));
        return topic == null ? NOWHERE : topic.partitions().get(numberOf(number));
    }

    SimStore newStore(SimNode node) {
        return mix.onDisk()
                ? new DiskStore(node.id(), mix, rules, node::nowMs)
                : new MemoryStore(node.id(), mix, rules);
    }

    public SimStream open(SimReplica follower, SimReplica leader) {
        streams.removeIf(stream -> !stream.isOpen());
        var stream = new SimStream(++lastStream, follower, leader, this);
        streams.add(stream);
        return stream;
    }

    /// The kernel closes the sockets of a process that is gone; its peers learn it soon, unless the
    /// kernel is gone as well, or what it says does not arrive: then nobody tells them, and they
    /// find out by themselves.
    void breakStreamsOf(SimNode node) {
        for (var stream : streams) {
            boolean follows = stream.follower.node() == node;
            if (follows || stream.leader.node() == node) {
                var peer = follows ? stream.leader.node() : stream.follower.node();
                boolean silent = node.hasNoMachine() || network.isCut(node, peer);
                long ms = silent ? network.silenceMs() : network.delayMs();
                stream.breakIn(ms, ms);
            }
        }
    }

    public List<SimStream> streams() {
        return streams;
    }
}
