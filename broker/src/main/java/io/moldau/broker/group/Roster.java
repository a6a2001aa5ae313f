package io.moldau.broker.group;

import io.moldau.broker.group.GroupEvent.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Who belongs to a group: its members in the order in which they came, who of them leads, and the
/// ids that were given out and not used yet.
final class Roster {
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> idsByInstance = new HashMap<>();

    /// Member ids that a client was told to join with, and until when they are kept.
    private final Map<String, Long> pending = new LinkedHashMap<>();

    /// How many members offer a protocol: those that all offer are the candidates.
    private final Map<String, Integer> supporters = new HashMap<>();

    private int rejoined;
    private @Nullable String leaderId;

    void add(Member member) {
        members.put(member.id(), member);
        member.instanceId().ifPresent(instance -> idsByInstance.put(instance, member.id()));
        count(member.protocols(), 1);
        if (leaderId == null) {
            leaderId = member.id();
        }
    }

    void remove(Member member) {
        members.remove(member.id());
        member.instanceId().ifPresent(instance -> idsByInstance.remove(instance, member.id()));
        count(member.protocols(), -1);
        if (member.hasRejoined()) {
            rejoined--;
        }
        if (member.id().equals(leaderId)) {
            leaderId = successor();
        }
    }

    /// Somebody who has rejoined leads rather than somebody who may be gone.
    private @Nullable String successor() {
        String first = null;
        for (var member : members.values()) {
            if (member.hasRejoined()) {
                return member.id();
            }
            first = first == null ? member.id() : first;
        }
        return first;
    }

    /// Puts `heir` in the place of the member with the same instance id: if the old one led, so
    /// does it.
    void replace(Member old, Member heir) {
        boolean led = old.id().equals(leaderId);
        remove(old);
        add(heir);
        if (led) {
            leaderId = heir.id();
        }
    }

    void renew(Member member, GroupEvent.Join join) {
        count(member.protocols(), -1);
        member.renew(join);
        count(member.protocols(), 1);
    }

    private void count(List<Protocol> protocols, int step) {
        protocols.stream()
                .map(Protocol::name)
                .distinct()
                .forEach(name -> supporters.merge(name, step, (a, b) -> a + b == 0 ? null : a + b));
    }

    /// @return the call that waited before, if any
    @Nullable Caller parkJoin(Member member, Caller caller) {
        var before = member.replaceParkedJoin(caller);
        if (before == null) {
            rejoined++;
        }
        return before;
    }

    @Nullable Caller unparkJoin(Member member) {
        var caller = member.replaceParkedJoin(null);
        if (caller != null) {
            rejoined--;
        }
        return caller;
    }

    /// Sees to it that the leader is there to do the assignment.
    ///
    /// @return false if nobody has rejoined
    boolean electRejoinedLeader() {
        var leader = leaderId == null ? null : members.get(leaderId);
        if (leader == null || !leader.hasRejoined()) {
            var next = successor();
            if (next != null && members.get(next).hasRejoined()) {
                leaderId = next;
            }
        }
        return rejoined > 0;
    }

    /// True if a member with these protocols could take part beside the present ones.
    boolean fits(List<Protocol> protocols) {
        if (members.isEmpty()) {
            return !protocols.isEmpty();
        }
        return protocols.stream().anyMatch(p -> supporters.getOrDefault(p.name(), 0) == size());
    }

    /// The protocol that most members would rather have, of those that all of them offer; between
    /// equals the leader's order decides.
    String selectProtocol() {
        var votes = new LinkedHashMap<String, Integer>();
        if (leaderId != null) {
            members.get(leaderId).protocols().forEach(p -> votes.put(p.name(), 0));
        }
        for (var member : members.values()) {
            for (var protocol : member.protocols()) {
                if (supporters.get(protocol.name()) == size()) {
                    votes.merge(protocol.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        String winner = "";
        int most = 0;
        for (var vote : votes.entrySet()) {
            if (vote.getValue() > most) {
                winner = vote.getKey();
                most = vote.getValue();
            }
        }
        return winner;
    }

    /// Checks that a call comes from who it says.
    Errors check(String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            var known = idsByInstance.get(instanceId.get());
            if (known == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            if (!known.equals(memberId)) {
                return Errors.FENCED_INSTANCE_ID;
            }
        }
        return members.containsKey(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    int maxRebalanceTimeoutMs() {
        int max = 0;
        for (var member : members.values()) {
            max = Math.max(max, member.rebalanceTimeoutMs());
        }
        return max;
    }

    boolean allRejoined() {
        return rejoined == members.size() && pending.isEmpty();
    }

    int rejoinedCount() {
        return rejoined;
    }

    @Nullable Member get(String id) {
        return members.get(id);
    }

    @Nullable Member ofInstance(Optional<String> instanceId) {
        return instanceId.map(idsByInstance::get).map(members::get).orElse(null);
    }

    Collection<Member> members() {
        return members.values();
    }

    /// A copy, for walks that remove.
    List<Member> listed() {
        return new ArrayList<>(members.values());
    }

    int size() {
        return members.size();
    }

    Optional<String> leaderId() {
        return Optional.ofNullable(leaderId);
    }

    boolean isLeader(Member member) {
        return member.id().equals(leaderId);
    }

    /// Gives the lead to a member; an id that is nobody's changes nothing.
    void appoint(@Nullable String id) {
        if (id != null && members.containsKey(id)) {
            leaderId = id;
        }
    }

    Map<String, Long> pending() {
        return pending;
    }
}
