package io.moldau.chaos.load;

import java.util.Set;

/// What one member of a group saw, in its own order.
///
/// `timeMs` is the machine's clock, as the member read it: all members of a run share one machine.
public sealed interface GroupEvent {
    String member();

    long timeMs();

    /// All that the member has from now on.
    record Assigned(String member, long timeMs, Set<String> partitions) implements GroupEvent {}

    record Revoked(String member, long timeMs, Set<String> partitions) implements GroupEvent {}

    record Received(String member, long timeMs, String partition, long offset)
            implements GroupEvent {}

    /// The group's position is `offset`: its records below were dealt with.
    record Committed(String member, long timeMs, String partition, long offset)
            implements GroupEvent {}
}
