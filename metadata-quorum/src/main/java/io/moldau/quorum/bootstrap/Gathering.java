package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import io.moldau.quorum.bootstrap.Greeting.Formed;
import io.moldau.quorum.bootstrap.Greeting.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/// How one node finds its cluster, as a pure core: answers go in, a verdict comes out.
///
/// A node asks every address that it was told to join, over and over. Whoever belongs to a cluster
/// says so, and then there is nothing to found. Otherwise a cluster is founded once *all* named
/// nodes have answered each other: each sees the same set of directories, and the smallest of them
/// founds. No node decides on what some of the others may not have seen, so two clusters cannot
/// come of one list, whatever the order of starts; and nobody needs to be told that it is the
/// first.
///
/// Which spelling of an address an operator chose does not matter: a node is known by its
/// directory's id, and knows itself by it too.
public final class Gathering {
    /// How many of the first nodes vote; further ones listen until they are needed.
    public static final int VOTERS_MAX = 3;

    private static final Comparator<PeerAddress> BY_NAME =
            Comparator.comparing(PeerAddress::host).thenComparingInt(PeerAddress::port);

    private final Self self;
    private final List<PeerAddress> named;
    private final Map<PeerAddress, Greeting> answers = new LinkedHashMap<>();
    private final Map<PeerAddress, String> silent = new LinkedHashMap<>();
    private Optional<PeerAddress> calledAs = Optional.empty();

    /// The node that asks.
    ///
    /// @param nodeId empty to be given one
    /// @param clusterId what its settings ask for; empty for any
    /// @param address as its own settings tell it; empty when they do not
    /// @param newClusterId the id that its cluster gets if this node founds it
    public record Self(
            Uuid directoryId,
            OptionalInt nodeId,
            Optional<String> clusterId,
            Optional<PeerAddress> address,
            String newClusterId) {}

    /// @param named what the operator wrote; this node itself may be among them, or not
    public Gathering(Self self, List<PeerAddress> named) {
        this.self = self;
        this.named = List.copyOf(named);
        named.forEach(address -> silent.put(address, "not asked yet"));
    }

    /// The node at `at` said this.
    public Verdict answered(PeerAddress at, Greeting greeting) {
        silent.remove(at);
        answers.put(at, greeting);
        return verdict();
    }

    /// Nobody answered at `at`; what was said there before no longer counts.
    ///
    /// @param why in a few words
    public Verdict unanswered(PeerAddress at, String why) {
        answers.remove(at);
        silent.put(at, why);
        return verdict();
    }

    /// Another node reached this one under this name.
    public void called(PeerAddress name) {
        calledAs = Optional.of(name);
    }

    /// What this node says of itself while it waits.
    public Greeting greeting() {
        return new Greeting(
                self.directoryId(),
                self.nodeId(),
                self.clusterId(),
                ownAddress(),
                new Waiting(silent.isEmpty() ? seen() : Set.of(), named));
    }

    /// The name under which it was told of itself, or else what its settings say, or else what
    /// others call it.
    public Optional<PeerAddress> ownAddress() {
        return named.stream().filter(this::isSelf).findFirst().or(self::address).or(() -> calledAs);
    }

    private boolean isSelf(PeerAddress address) {
        var answer = answers.get(address);
        return answer != null && answer.directoryId().equals(self.directoryId());
    }

    private Set<Uuid> seen() {
        var seen = answers.values().stream().map(Greeting::directoryId).collect(Collectors.toSet());
        seen.add(self.directoryId());
        return seen;
    }

    private Verdict verdict() {
        return stranger()
                .or(this::cluster)
                .or(this::sameNumber)
                .orElseGet(() -> silent.isEmpty() ? complete() : new Verdict.KeepAsking(missing()));
    }

    /// Somebody of another cluster than this node, or two of different ones, must not be mixed.
    private Optional<Verdict> stranger() {
        var mine = self.clusterId();
        var where = "this node";
        for (var answer : answers.entrySet()) {
            var theirs = answer.getValue().clusterId();
            if (mine.isPresent() && theirs.isPresent() && !mine.equals(theirs)) {
                return Optional.of(
                        new Verdict.Refuse(
                                true,
                                ("%s belongs to cluster %s, but the node at %s belongs to cluster"
                                                + " %s: correct cluster.join, or give the node that does not"
                                                + " belong an empty data directory")
                                        .formatted(
                                                where, mine.get(), answer.getKey(), theirs.get())));
            }
            if (mine.isEmpty() && theirs.isPresent()) {
                mine = theirs;
                where = "the node at " + answer.getKey();
            }
        }
        return Optional.empty();
    }

    private Optional<Verdict> cluster() {
        for (var answer : answers.entrySet()) {
            if (answer.getValue().standing() instanceof Formed(var formation, var members, _)) {
                var place = formation.voter(self.directoryId());
                boolean stillThere = members.isEmpty() || members.stream().anyMatch(this::isSelf);
                return Optional.of(
                        place.isPresent() && stillThere
                                ? new Verdict.Belong(formation, place.get())
                                : new Verdict.Join(formation.clusterId(), answer.getKey()));
            }
        }
        return Optional.empty();
    }

    private boolean isSelf(Peer member) {
        return member.directoryId().equals(self.directoryId());
    }

    /// Two nodes that were given one number.
    private Optional<Verdict> sameNumber() {
        Map<Integer, Uuid> byNumber = new HashMap<>();
        self.nodeId().ifPresent(id -> byNumber.put(id, self.directoryId()));
        for (var answer : answers.entrySet()) {
            var node = answer.getValue();
            if (node.nodeId().isEmpty()) {
                continue;
            }
            int id = node.nodeId().getAsInt();
            var other = byNumber.putIfAbsent(id, node.directoryId());
            if (other != null && !other.equals(node.directoryId())) {
                return Optional.of(
                        new Verdict.Refuse(
                                false,
                                "node.id=%d is asked for by two nodes, one of them at %s: give each its own, or none"
                                        .formatted(id, answer.getKey())));
            }
        }
        return Optional.empty();
    }

    /// Everybody answered; is it the same everybody for each of them?
    private Verdict complete() {
        var seen = seen();
        for (var answer : answers.entrySet()) {
            var node = answer.getValue();
            if (node.directoryId().equals(self.directoryId())
                    || !(node.standing() instanceof Waiting(var theirs, var theirNames))) {
                continue;
            }
            if (theirs.isEmpty()) {
                return new Verdict.KeepAsking(
                        "the node at %s has not reached all that it was told to join: %s"
                                .formatted(answer.getKey(), text(theirNames)));
            }
            if (!theirs.equals(seen)) {
                return new Verdict.KeepAsking(
                        "the node at %s was told to join %s and this one %s, which are not the same nodes: give all of them the same cluster.join"
                                .formatted(answer.getKey(), text(theirNames), text(named)));
            }
        }
        var founder = seen.stream().min(Comparator.naturalOrder()).orElseThrow();
        return founder.equals(self.directoryId())
                ? new Verdict.Found(formation(seen))
                : new Verdict.KeepAsking(
                        "the node at %s founds the cluster".formatted(addressOf(founder)));
    }

    private PeerAddress addressOf(Uuid directoryId) {
        return answers.entrySet().stream()
                .filter(answer -> answer.getValue().directoryId().equals(directoryId))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private String missing() {
        var who =
                silent.entrySet().stream()
                        .map(address -> "%s (%s)".formatted(address.getKey(), address.getValue()))
                        .collect(Collectors.joining(", "));
        return "%d of the %d addresses in cluster.join %s not answered: %s"
                .formatted(silent.size(), named.size(), silent.size() == 1 ? "has" : "have", who);
    }

    private static String text(List<PeerAddress> addresses) {
        return addresses.stream().map(PeerAddress::toString).collect(Collectors.joining(","));
    }

    private Formation formation(Set<Uuid> seen) {
        var all = members(seen);
        var clusterId =
                self.clusterId()
                        .or(() ->
                                answers.values().stream()
                                        .flatMap(answer -> answer.clusterId().stream())
                                        .findFirst())
                        .orElse(self.newClusterId());
        var voters =
                all.stream()
                        .sorted(Comparator.comparing(Peer::directoryId))
                        .limit(VOTERS_MAX)
                        .toList();
        return new Formation(clusterId, voters);
    }

    /// Everyone with a number: the one that was asked for, or the next that is free, in the order
    /// of the list; or in the order of the addresses where the list leaves this node out.
    private List<Peer> members(Set<Uuid> seen) {
        var taken = new HashSet<Integer>();
        self.nodeId().ifPresent(taken::add);
        answers.values().forEach(answer -> answer.nodeId().ifPresent(taken::add));
        var members = new ArrayList<Peer>();
        int next = 1;
        for (var node : inOrder(seen).entrySet()) {
            var asked = askedBy(node.getKey());
            while (asked.isEmpty() && taken.contains(next)) {
                next++;
            }
            members.add(new Peer(asked.orElse(next), node.getKey(), node.getValue()));
            if (asked.isEmpty()) {
                next++;
            }
        }
        return members;
    }

    private OptionalInt askedBy(Uuid directoryId) {
        return directoryId.equals(self.directoryId())
                ? self.nodeId()
                : answers.get(addressOf(directoryId)).nodeId();
    }

    private Map<Uuid, PeerAddress> inOrder(Set<Uuid> seen) {
        var order = new LinkedHashMap<Uuid, PeerAddress>();
        for (var address : named) {
            var answer = answers.get(address);
            order.putIfAbsent(answer.directoryId(), answer.address().orElse(address));
        }
        boolean selfIsNamed = order.keySet().containsAll(seen);
        order.put(self.directoryId(), ownAddress().orElseThrow());
        if (selfIsNamed) {
            return order;
        }
        var sorted = new LinkedHashMap<Uuid, PeerAddress>();
        order.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(BY_NAME))
                .forEach(node -> sorted.put(node.getKey(), node.getValue()));
        return sorted;
    }
}
