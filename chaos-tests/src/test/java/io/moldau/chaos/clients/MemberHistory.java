package io.moldau.chaos.clients;

import io.moldau.chaos.load.GroupEvent;
import io.moldau.chaos.load.GroupEvent.Assigned;
import io.moldau.chaos.load.GroupEvent.Committed;
import io.moldau.chaos.load.GroupEvent.Received;
import io.moldau.chaos.load.GroupEvent.Revoked;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What one member told so far. Written by the thread that reads its output, read by the test.
final class MemberHistory {
    private final String member;
    private final List<GroupEvent> events = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Set<String> assignment = new TreeSet<>();
    private int received;

    MemberHistory(String member) {
        this.member = member;
    }

    /// Takes one line of a program's output, split at its tabs.
    synchronized void take(String[] fields) {
        long timeMs = Long.parseLong(fields[1]);
        switch (fields[0]) {
            case "assigned" -> assigned(timeMs, partitions(fields));
            case "revoked" -> revoked(timeMs, partitions(fields));
            case "record" ->
                    received(timeMs, fields[2] + "-" + fields[3], Long.parseLong(fields[4]));
            case "committed" ->
                    committed(timeMs, fields[2] + "-" + fields[3], Long.parseLong(fields[4]));
            case "log" -> log.add(fields[2]);
            case "failed" -> failures.add(fields[2]);
            default -> throw new IllegalArgumentException("unknown event " + fields[0]);
        }
    }

    synchronized void assigned(long timeMs, Set<String> partitions) {
        events.add(new Assigned(member, timeMs, partitions));
        assignment.clear();
        assignment.addAll(partitions);
    }

    synchronized void revoked(long timeMs, Set<String> partitions) {
        events.add(new Revoked(member, timeMs, partitions));
        assignment.removeAll(partitions);
    }

    synchronized void received(long timeMs, String partition, long offset) {
        events.add(new Received(member, timeMs, partition, offset));
        received++;
    }

    synchronized void committed(long timeMs, String partition, long offset) {
        events.add(new Committed(member, timeMs, partition, offset));
    }

    private static Set<String> partitions(String[] fields) {
        return fields.length < 3 || fields[2].isEmpty() ? Set.of() : Set.of(fields[2].split(","));
    }

    synchronized Set<String> assignment() {
        return Set.copyOf(assignment);
    }

    synchronized List<GroupEvent> events() {
        return List.copyOf(events);
    }

    synchronized int receivedCount() {
        return received;
    }

    /// Lines that the library itself logged about rebalances.
    synchronized List<String> log() {
        return List.copyOf(log);
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public synchronized String toString() {
        return "%s has %s, received %d%s"
                .formatted(member, assignment, received, failures.isEmpty() ? "" : ", " + failures);
    }
}
