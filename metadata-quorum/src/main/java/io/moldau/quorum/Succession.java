package io.moldau.quorum;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
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

    /// What an election takes even on a machine that is far too busy: whoever comes after has then
    /// heard of it.
    static final long TURN_MS = 500;

    /// What was under way to a log when it was asked for may have arrived since, so that two take
    /// themselves for the first: the one with the higher id leaves the other this long.
    static final long HEAD_START_MS = 150;

    private Succession() {}

    static CompletableFuture<OptionalLong> delayMs(
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
                    return delayMs(self, ids, known);
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

    /// How long `self` leaves it to others: first come those with more of the log, and of those who
    /// have as much the ones with lower ids. Nothing for a node that does not vote.
    static OptionalLong delayMs(int self, List<Integer> voters, Map<Integer, Long> logEnds) {
        if (!voters.contains(self)) {
            return OptionalLong.empty();
        }
        long own = logEnds.get(self);
        long before =
                voters.stream()
                        .filter(voter -> {
                            long end = logEnds.getOrDefault(voter, own);
                            return end > own || (end == own && voter < self);
                        })
                        .count();
        long lower = voters.stream().filter(voter -> voter < self).count();
        return OptionalLong.of(before * TURN_MS + lower * HEAD_START_MS);
    }
}
