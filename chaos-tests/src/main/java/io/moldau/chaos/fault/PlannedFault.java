package io.moldau.chaos.fault;

import java.util.Locale;

/// One fault of a plan.
///
/// @param afterMs since its episode began
/// @param lastsMs from when it is done until it is undone
/// @param luck decides what the plan leaves open, such as which bytes
public record PlannedFault(FaultKind kind, Aim aim, long afterMs, long lastsMs, long luck) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s at %.1f s for %.1f s",
                kind.label(),
                aim.name().toLowerCase(Locale.ROOT),
                afterMs / 1e3,
                lastsMs / 1e3);
    }
}
