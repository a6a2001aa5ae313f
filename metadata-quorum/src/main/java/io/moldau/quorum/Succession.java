package io.moldau.quorum;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/// Whose turn it is to stand for the place of a leader that is gone.
///
/// Two that stood at once would each vote for themselves, and one that lacks what another voter has
/// would not be voted for; either costs a term, and in a term that has no leader Ratis lets nobody
/// be told to stand: its own time-outs decide then, which takes a second. Hence the voters that are
/// left ask each other how far their logs go, and stand in that order.
final class Succession {
    /// Whoever has not answered by then is taken to be as far as this node.
    static final long ASK_MS = 100;

    private Succession() {}

    static CompletableFuture<OptionalInt> turn(
            RaftServer.Division division,
            int gone,
            Function<RaftPeerId, CompletableFuture<QuorumStatus>> ask) {
        int self = PeerIds.nodeId(division.getId());
        var voters =
                division.getRaftConf().getCurrentPeers().stream()
                        .map(RaftPeer::getId)
                        .filter(voter -> PeerIds.nodeId(voter) != gone)
                        .toList();
        var logEnds = new ConcurrentHashMap<Integer, Long>();
        var answers =
                voters.stream()
                        .filter(voter -> PeerIds.nodeId(voter) != self)
                        .map(voter -> logEndAt(voter, ask, logEnds))
                        .toArray(CompletableFuture[]::new);
        var ids = voters.stream().map(PeerIds::nodeId).toList();
        return CompletableFuture.allOf(answers)
                .completeOnTimeout(null, ASK_MS, TimeUnit.MILLISECONDS)
                .thenApply(_ -> {
                    var known = new HashMap<>(logEnds);
                    known.put(self, division.getRaftLog().getNextIndex());
                    return before(self, ids, known);
                });
    }

    private static CompletableFuture<Void> logEndAt(
            RaftPeerId voter,
            Function<RaftPeerId, CompletableFuture<QuorumStatus>> ask,
            Map<Integer, Long> logEnds) {
        int id = PeerIds.nodeId(voter);
        try {
            return ask.apply(voter)
                    .handle((status, _) -> {
                        Optional.ofNullable(status)
                                .flatMap(known -> ownLogEnd(id, known))
                                .ifPresent(end -> logEnds.put(id, end));
                        return null;
                    });
        } catch (NoSuchElementException | IllegalStateException nobodyKnowsWhere) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /// What a node says of itself; of the others it knows little.
    private static Optional<Long> ownLogEnd(int id, QuorumStatus status) {
        return status.voters().stream()
                .filter(voter -> voter.id() == id)
                .map(QuorumStatus.Replica::logEndOffset)
                .findFirst();
    }

    /// How many of `voters` come before `self`: those with more of the log, and of those who have
    /// as much the ones with lower ids. Nothing for a node that does not vote.
    static OptionalInt before(int self, List<Integer> voters, Map<Integer, Long> logEnds) {
        if (!voters.contains(self)) {
            return OptionalInt.empty();
        }
        long own = logEnds.get(self);
        long count =
                voters.stream()
                        .filter(voter -> {
                            long end = logEnds.getOrDefault(voter, own);
                            return end > own || (end == own && voter < self);
                        })
                        .count();
        return OptionalInt.of((int) count);
    }
}
