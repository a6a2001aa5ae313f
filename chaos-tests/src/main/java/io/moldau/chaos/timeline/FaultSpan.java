package io.moldau.chaos.timeline;

/// One fault, from when it was done until it was undone.
///
/// @param kind what was done, as the command line names it, such as `kill` or `cut`
/// @param target whom it hit, such as `node 2`, `nodes 1,3`, `1 -> 2` or `leader of chaos-0-3`
/// @param beganNanos by the run's clock
/// @param endedNanos by the run's clock; the same as `beganNanos` where there is nothing to undo
/// @param said what the one who did it has to say, empty when nothing
public record FaultSpan(String kind, String target, long beganNanos, long endedNanos, String said) {
    public FaultSpan {
        if (endedNanos < beganNanos) {
            throw new IllegalArgumentException(
                    "%s on %s ends %d ns before it begins"
                            .formatted(kind, target, beganNanos - endedNanos));
        }
    }
}
