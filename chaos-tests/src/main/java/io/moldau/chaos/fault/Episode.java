package io.moldau.chaos.fault;

import java.util.List;

/// Faults that overlap. When all are undone the cluster gets the time to become whole, and some
/// calm.
///
/// @param number from 1
public record Episode(int number, List<PlannedFault> faults, long calmMs) {
    public Episode {
        faults = List.copyOf(faults);
    }
}
