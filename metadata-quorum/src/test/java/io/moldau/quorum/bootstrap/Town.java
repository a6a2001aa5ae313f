package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import io.moldau.quorum.bootstrap.Greeting.Formed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/// Nodes that look for each other, in rounds: in each, those that run ask all that they were told
/// of, in an order that chance draws.
final class Town {
    private final Random random;
    private final Map<PeerAddress, Node> doors = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    Town(long seed) {
        random = new Random(seed);
    }

    /// One node, from its first start on.
    final class Node {
        final Uuid directoryId;
        final Gathering gathering;
        private final List<PeerAddress> named;
        private boolean running = true;
        private Verdict verdict = new Verdict.KeepAsking("nothing yet");
        private Optional<Formation> formation = Optional.empty();

        private Node(Gathering.Self self, List<PeerAddress> named) {
            directoryId = self.directoryId();
            gathering = new Gathering(self, named);
            this.named = named;
        }

        Verdict verdict() {
            return verdict;
        }

        Optional<Formation> formation() {
            return formation;
        }

        String waitsFor() {
            return ((Verdict.KeepAsking) verdict).why();
        }

        void stop() {
            running = false;
        }

        void startAgain() {
            running = true;
        }

        private Greeting greeting() {
            var waiting = gathering.greeting();
            return formation
                    .map(cluster ->
                            new Greeting(
                                    directoryId,
                                    waiting.nodeId(),
                                    Optional.of(cluster.clusterId()),
                                    waiting.address(),
                                    new Formed(cluster, List.of(), false)))
                    .orElse(waiting);
        }

        private void ask(PeerAddress address) {
            if (formation.isPresent()) {
                return;
            }
            var other = doors.get(address);
            if (other == null || !other.running) {
                verdict = gathering.unanswered(address, "refused");
                return;
            }
            other.gathering.called(address);
            verdict = gathering.answered(address, other.greeting());
            switch (verdict) {
                case Verdict.Found(var founded) -> formation = Optional.of(founded);
                case Verdict.Belong(var founded, _) -> formation = Optional.of(founded);
                case Verdict.KeepAsking _, Verdict.Join _, Verdict.Refuse _ -> {}
            }
        }
    }

    static PeerAddress at(String name) {
        return PeerAddress.parse(name, 9094);
    }

    /// @param names under which it is reached, separated by commas
    /// @param join what it is told to join
    Node start(String names, String join) {
        return start(names, join, OptionalInt.empty(), Optional.empty());
    }

    Node start(String names, String join, OptionalInt nodeId, Optional<String> clusterId) {
        var directoryId = new Uuid(random.nextLong(), random.nextLong());
        var self =
                new Gathering.Self(
                        directoryId, nodeId, clusterId, Optional.empty(), "new-" + directoryId);
        var node = new Node(self, addresses(join));
        nodes.add(node);
        addresses(names).forEach(name -> doors.put(name, node));
        return node;
    }

    private static List<PeerAddress> addresses(String names) {
        return Stream.of(names.split(",", -1)).map(Town::at).toList();
    }

    /// The cluster of one that was there before.
    Node lone(String name, String clusterId) {
        var node = start(name, name);
        node.formation =
                Optional.of(
                        new Formation(clusterId, List.of(new Peer(1, node.directoryId, at(name)))));
        return node;
    }

    void rounds(int count) {
        for (int round = 0; round < count; round++) {
            record Question(Node node, PeerAddress address) {}
            var questions = new ArrayList<Question>();
            nodes.stream()
                    .filter(node -> node.running)
                    .forEach(node ->
                            node.named.forEach(name -> questions.add(new Question(node, name))));
            java.util.Collections.shuffle(questions, random);
            questions.forEach(question -> question.node().ask(question.address()));
        }
    }
}
