package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.ClusterProcess;
import io.moldau.chaos.run.Command;
import io.moldau.chaos.tools.StockTools;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `moldau nodes`, on four nodes of which three vote.
class NodesIT {
    private static final int NODES = 4;
    private static final String TOPIC = "orders";
    private static final Duration SETTLES = Duration.ofMinutes(1);

    private ClusterProcess cluster;
    private ClusterView view;
    private int records;

    /// A topic on nodes 1, 2 and 3.
    @BeforeEach
    void startFour() {
        cluster = Acceptance.startCluster("nodes", NODES);
        view = new ClusterView(cluster.bootstrap());
        view.awaitNodes(NODES);
        awaitVoters(3);
        view.create(
                new NewTopic(TOPIC, Map.of(0, List.of(1, 2, 3), 1, List.of(2, 3, 1)))
                        .configs(Map.of("min.insync.replicas", "2")));
        try (var producers = new Producers(cluster.bootstrap(), TOPIC, 2)) {
            producers.start(1);
            await().atMost(SETTLES).until(() -> producers.acknowledgedCount() > 200);
        }
        records = readBack();
    }

    @AfterEach
    void stop() {
        view.close();
        cluster.close();
    }

    private int readBack() {
        return Records.readBack(cluster.bootstrap(), TOPIC, 2).size();
    }

    private List<Integer> voters() {
        return ClusterView.get(view.admin().describeMetadataQuorum().quorumInfo()).voters().stream()
                .map(QuorumInfo.ReplicaState::replicaId)
                .sorted()
                .toList();
    }

    private void awaitVoters(int count) {
        await(count + " voters")
                .atMost(SETTLES)
                .ignoreExceptions()
                .until(() -> voters().size() == count);
    }

    private Command nodes(String... arguments) {
        var line = new ArrayList<>(List.of("nodes"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-b", cluster.node(1).bootstrap()));
        return Command.run(line.toArray(String[]::new));
    }

    /// The rows of `moldau nodes list`: node, and all that it says.
    private Map<Integer, List<String>> list() {
        var listed = nodes("list");
        assertThat(listed.exitStatus()).as(listed.output()).isZero();
        return listed.output()
                .lines()
                .map(line -> List.of(line.strip().split("\\s+")))
                .filter(words -> words.getFirst().matches("\\d+"))
                .collect(
                        Collectors.toMap(
                                words -> Integer.valueOf(words.getFirst()), words -> words));
    }

    @Test
    void anEmptiedNodeIsStoppedAndRemoved() {
        // given
        assertThat(list()).hasSize(NODES);
        var full = nodes("remove", "3");
        assertThat(full.exitStatus()).isOne();
        assertThat(full.output()).contains("Node 3 holds 2 replicas");

        // when
        var drained = nodes("drain", "3");
        var alive = nodes("remove", "3");
        assertThat(cluster.node(3).stop()).isZero();
        view.awaitNodes(NODES - 1);
        var removed = nodes("remove", "3");

        // then
        assertThat(drained.output()).contains("Node 3 holds no replicas any more; 2 were moved.");
        assertThat(drained.exitStatus()).isZero();
        assertThat(alive.output()).contains("Node 3 is alive");
        assertThat(removed.output()).contains("Node 3 was removed.");
        assertThat(removed.exitStatus()).isZero();
        assertThat(list()).containsOnlyKeys(1, 2, 4);
        await("another voter")
                .atMost(SETTLES)
                .untilAsserted(() -> assertThat(voters()).containsExactly(1, 2, 4));
        view.awaitFullIsr(TOPIC);
        assertThat(readBack()).isEqualTo(records);
    }

    @Test
    void aDeadNodeIsReplacedByAnother() {
        // given
        cluster.node(2).kill();
        view.awaitNodes(NODES - 1);

        // when
        var replaced = nodes("replace", "2", "4");

        // then
        assertThat(replaced.output())
                .contains("Node 4 has taken over 2 replicas from node 2, which was removed.");
        assertThat(replaced.exitStatus()).isZero();
        assertThat(list()).containsOnlyKeys(1, 3, 4);
        assertThat(voters()).containsExactly(1, 3, 4);
        view.awaitFullIsr(TOPIC);
        assertThat(readBack()).isEqualTo(records);
    }

    @Test
    void aNodeIsMadeAVoter() {
        // when
        var added = nodes("add", String.valueOf(theListener()));
        var again = nodes("add", "1");

        // then
        assertThat(added.output()).contains("votes.");
        assertThat(added.exitStatus()).isZero();
        assertThat(voters()).containsExactly(1, 2, 3, 4);
        assertThat(again.output()).contains("Node 1 votes already.");
        assertThat(again.exitStatus()).isOne();
    }

    /// As on Kafka, but that the node's own settings need no listener for controllers.
    @Test
    void kafkasOwnToolChangesWhoVotes() throws Exception {
        // given
        var tools = new StockTools("4.3.1");
        int listener = theListener();
        var node = cluster.node(listener);
        var settings =
                Files.writeString(
                        Acceptance.work().resolve("node.properties"),
                        """
                        node.id=%d
                        process.roles=controller
                        log.dirs=%s
                        controller.listener.names=CONTROLLER
                        listeners=CONTROLLER://%s
                        """
                                .formatted(listener, node.data(), node.bootstrap()));

        // when
        var added =
                tools.run(
                        "kafka-metadata-quorum",
                        List.of(
                                "--bootstrap-server",
                                cluster.bootstrap(),
                                "--command-config",
                                settings.toString(),
                                "add-controller"),
                        "");
        var four = voters();
        var status =
                tools.run(
                        "kafka-metadata-quorum",
                        List.of("--bootstrap-server", cluster.bootstrap(), "describe", "--status"),
                        "");
        var removed =
                tools.run(
                        "kafka-metadata-quorum",
                        List.of(
                                "--bootstrap-server",
                                cluster.bootstrap(),
                                "remove-controller",
                                "--controller-id",
                                "" + listener,
                                "--controller-directory-id",
                                directoryOf(listener)),
                        "");

        // then
        assertThat(added.output() + added.errors()).contains("Added controller " + listener);
        assertThat(added.exitStatus()).isZero();
        assertThat(four).containsExactly(1, 2, 3, 4);
        assertThat(status.output()).containsPattern("CurrentVoters: .*\"id\": 4");
        assertThat(removed.output() + removed.errors()).contains("Removed");
        assertThat(removed.exitStatus()).isZero();
        assertThat(voters()).hasSize(3).doesNotContain(listener);
    }

    /// The cluster keeps three voters, but not against an operator's word.
    @Test
    void aNodeWhoseVoteWasTakenIsNotMadeAVoterAgain() {
        // given
        var three = voters();
        int gone = three.get(1);
        int listener = theListener();
        var two = three.stream().filter(id -> id != gone).toList();

        // when
        removeVoter(gone);
        awaitVoters(Stream.concat(two.stream(), Stream.of(listener)).sorted().toList());
        removeVoter(listener);

        // then
        await("two voters, for longer than the controller takes to find a third")
                .atMost(SETTLES)
                .during(Duration.ofSeconds(3))
                .until(() -> voters().equals(two));
        assertThat(nodes("add", String.valueOf(gone)).exitStatus()).isZero();
        assertThat(voters()).isEqualTo(three);
    }

    private void awaitVoters(List<Integer> expected) {
        await("voters " + expected)
                .atMost(SETTLES)
                .ignoreExceptions()
                .until(() -> voters().equals(expected));
    }

    private void removeVoter(int id) {
        ClusterView.get(view.admin().removeRaftVoter(id, Uuid.fromString(directoryOf(id))).all());
    }

    private String directoryOf(int id) {
        return ClusterView.get(view.admin().describeMetadataQuorum().quorumInfo()).voters().stream()
                .filter(voter -> voter.replicaId() == id)
                .map(voter -> voter.replicaDirectoryId().toString())
                .findFirst()
                .orElseThrow();
    }

    private int theListener() {
        return list().entrySet().stream()
                .filter(row -> row.getValue().contains("listener"))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
