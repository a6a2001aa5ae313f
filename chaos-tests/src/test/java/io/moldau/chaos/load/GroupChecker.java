package io.moldau.chaos.load;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.load.GroupEvent.Assigned;
import io.moldau.chaos.load.GroupEvent.Committed;
import io.moldau.chaos.load.GroupEvent.Received;
import io.moldau.chaos.load.GroupEvent.Revoked;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a group whose members commit after every poll was promised.
///
/// - Every record reaches some member.
/// - A member that gets a partition after a commit gets nothing below that commit.
/// - While a member has a partition it gets its offsets one by one.
///
/// One instance judges one group, members' histories one after another.
public final class GroupChecker {
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<String, List<Committed>> commits = new HashMap<>();
    private final Map<String, Set<Long>> received = new HashMap<>();

    private GroupChecker() {}

    /// A member's stay with one partition.
    private static final class Stay {
        private final long sinceMs;
        private long lastOffset = -1;

        private Stay(long sinceMs) {
            this.sinceMs = sinceMs;
        }
    }

    /// Judges one group.
    ///
    /// @param members one history for each member, in the member's own order
    /// @param endOffsets the partitions' log ends; all began at 0
    public static List<Anomaly> check(
            Collection<? extends List<? extends GroupEvent>> members,
            Map<String, Long> endOffsets) {
        var checker = new GroupChecker();
        members.forEach(history -> history.forEach(checker::collect));
        members.forEach(checker::follow);
        checker.unseen(endOffsets);
        return List.copyOf(checker.anomalies);
    }

    private void collect(GroupEvent event) {
        switch (event) {
            case Committed commit ->
                    commits.computeIfAbsent(commit.partition(), _ -> new ArrayList<>()).add(commit);
            case Received record ->
                    received.computeIfAbsent(record.partition(), _ -> new HashSet<>())
                            .add(record.offset());
            case Assigned _, Revoked _ -> {
                // They matter for their own member only.
            }
        }
    }

    private void follow(List<? extends GroupEvent> history) {
        var stays = new HashMap<String, Stay>();
        for (var event : history) {
            switch (event) {
                case Assigned assigned -> {
                    stays.keySet().retainAll(assigned.partitions());
                    assigned.partitions()
                            .forEach(p ->
                                    stays.computeIfAbsent(p, _ -> new Stay(assigned.timeMs())));
                }
                case Revoked revoked -> stays.keySet().removeAll(revoked.partitions());
                case Received record -> onReceived(record, stays.get(record.partition()));
                case Committed _ -> {
                    // Known from the first pass.
                }
            }
        }
    }

    private void onReceived(Received record, Stay stay) {
        if (stay == null) {
            anomalies.add(new Anomaly(Kind.UNOWNED_POLL, record.toString()));
            return;
        }
        if (stay.lastOffset >= record.offset()) {
            anomalies.add(
                    new Anomaly(
                            Kind.NONMONOTONIC_POLL, record + " after offset " + stay.lastOffset));
        } else if (stay.lastOffset >= 0 && stay.lastOffset + 1 < record.offset()) {
            anomalies.add(new Anomaly(Kind.POLL_SKIP, record + " after offset " + stay.lastOffset));
        } else if (stay.lastOffset < 0) {
            onFirst(record, stay);
        }
        stay.lastOffset = record.offset();
    }

    /// Where a stay begins must be at or above every commit that was answered before it.
    private void onFirst(Received record, Stay stay) {
        commits.getOrDefault(record.partition(), List.of()).stream()
                .filter(commit ->
                        commit.timeMs() < stay.sinceMs && commit.offset() > record.offset())
                .findFirst()
                .ifPresent(commit ->
                        anomalies.add(
                                new Anomaly(
                                        Kind.COMMIT_WENT_BACK,
                                        record + " assigned after " + commit)));
    }

    private void unseen(Map<String, Long> endOffsets) {
        endOffsets.forEach((partition, end) -> {
            var seen = received.getOrDefault(partition, Set.of());
            for (long offset = 0; offset < end; offset++) {
                if (!seen.contains(offset)) {
                    anomalies.add(
                            new Anomaly(
                                    Kind.UNSEEN,
                                    "%s offset %d of %d".formatted(partition, offset, end)));
                    return; // One for each partition is enough to begin from.
                }
            }
        });
    }
}
