package io.moldau.chaos.load;

/// One thing that a client saw or asked for. Every value is written once in a run, so it identifies
/// its record.
public sealed interface Event {
    /// A partition's name, such as `orders-0`.
    String partition();

    /// The broker promised to keep `value` at `offset`. A producer's values are reported in the
    /// order it sent them.
    record Acknowledged(String producer, String partition, long value, long offset)
            implements Event {}

    /// A send whose outcome nobody knows: it may be there or not, but not twice.
    record Unresolved(String producer, String partition, long value) implements Event {}

    /// The broker answered that it kept nothing.
    record Refused(String producer, String partition, long value) implements Event {}

    /// A record found when the partition was read from its beginning after the run, in the order of
    /// reading.
    record Found(String partition, String producer, long value, long offset) implements Event {}

    /// The broker promised to keep this as the group's position.
    record Committed(String group, String partition, long offset) implements Event {}

    /// The group's position as the broker told it, -1 when it knew of none.
    record Resumed(String group, String partition, long offset) implements Event {}
}
