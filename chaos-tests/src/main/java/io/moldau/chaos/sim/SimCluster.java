package io.moldau.chaos.sim;

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
final class SimCluster {
    static final String TOPIC = "orders";
    static final String GROUPS_TOPIC = "__consumer_offsets";
    static final String MIN_ISR = "min.insync.replicas";
    private static final Uuid FIRST_TOPIC_ID = new Uuid(7, 7);

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
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimStream> streams = new ArrayList<>();
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
    private long lastStream;

    SimCluster(Mix mix, Rules rules, boolean tracing) {
        this.mix = mix;
        this.rules = rules;
        timeline = new Timeline(tracing);
        network = new SimNetwork(mix, this);
        var first = firstImage(mix);
        metadata = new SimMetadata(this, mix, first);
        oracle = new Oracle(this, first);
        for (int id = 1; id <= mix.nodes(); id++) {
            nodes.add(new SimNode(id, this, mix));
        }
        controller = new SimController(this);
        nodes.forEach(SimNode::start);
    }

    /// All nodes in their first life, and one topic.
    private static ClusterImage firstImage(Mix mix) {
        var image = ClusterImage.empty();
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
            image = accepted(register, image);
            image = accepted(new UnfenceNode(id, id), image);
        }
        var assignment = new ArrayList<List<Integer>>();
        for (int partition = 0; partition < mix.partitions(); partition++) {
            assignment.add(replicas(mix, luck));
        }
        return accepted(creation(mix, FIRST_TOPIC_ID, assignment), image);
    }

    private static CreateTopic creation(Mix mix, Uuid id, List<List<Integer>> assignment) {
        var configs =
                Map.of(
                        MIN_ISR,
                        Integer.toString(mix.minIsr()),
                        "unclean.leader.election.enable",
                        Boolean.toString(mix.electsUncleanlyByItself()));
        return new CreateTopic(TOPIC, id, -1, (short) -1, assignment, configs, 1);
    }

    /// The topic goes, and another one of its name takes its place.
    void recreateTopic(Luck luck) {
        var former = metadata.newest().topic(TOPIC).id();
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

    static List<Integer> replicas(Mix mix, Luck luck) {
        var all = new ArrayList<Integer>();
        for (int id = 1; id <= mix.nodes(); id++) {
            all.add(luck.below(all.size() + 1), id);
        }
        return List.copyOf(all.subList(0, mix.replicas()));
    }

    /// Something has gone wrong.
    void onStruck(Fault fault) {
        struck.merge(fault, 1L, Long::sum);
    }

    /// How often each fault has struck.
    Map<Fault, Long> struck() {
        return struck;
    }

    Mix mix() {
        return mix;
    }

    Rules rules() {
        return rules;
    }

    Timeline timeline() {
        return timeline;
    }

    SimNetwork network() {
        return network;
    }

    SimMetadata metadata() {
        return metadata;
    }

    SimController controller() {
        return controller;
    }

    Oracle oracle() {
        return oracle;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    SimNode node(int id) {
        return nodes.get(id - 1);
    }

    /// The topic of a node's n-th replica.
    String topicOf(int partition) {
        return partition < mix.partitions() ? TOPIC : GROUPS_TOPIC;
    }

    int numberOf(int partition) {
        return partition < mix.partitions() ? partition : partition - mix.partitions();
    }

    PartitionImage partition(int number) {
        var topic = metadata.newest().topic(topicOf(number));
        return topic == null ? NOWHERE : topic.partitions().get(numberOf(number));
    }

    SimStore newStore(SimNode node) {
        return mix.onDisk()
                ? new DiskStore(node.id(), mix, rules, node::nowMs)
                : new MemoryStore(node.id(), mix, rules);
    }

    SimStream open(SimReplica follower, SimReplica leader) {
        streams.removeIf(stream -> !stream.isOpen());
        var stream = new SimStream(++lastStream, follower, leader, this);
        streams.add(stream);
        return stream;
    }

    /// The kernel closes the sockets of a process that is gone; its peers learn it soon.
    void breakStreamsOf(SimNode node) {
        for (var stream : streams) {
            if (stream.follower.node() == node || stream.leader.node() == node) {
                long ms = network.delayMs();
                stream.breakIn(ms, ms);
            }
        }
    }

    List<SimStream> streams() {
        return streams;
    }
}
