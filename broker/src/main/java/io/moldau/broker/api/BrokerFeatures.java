package io.moldau.broker.api;

import java.util.SortedMap;
import java.util.TreeMap;

/// The feature levels that ApiVersions tells clients, who choose their ways by them (KIP-584).
///
/// @param supported the levels that this node could serve, by feature
/// @param finalized the level that the cluster serves, by feature; absent means level 0
/// @param finalizedEpoch grows with every change of `finalized`; -1 while unknown
public record BrokerFeatures(
        SortedMap<String, Range> supported,
        SortedMap<String, Short> finalized,
        long finalizedEpoch) {
    /// Both ends belong to it.
    public record Range(short min, short max) {}

    public BrokerFeatures {
        supported = new TreeMap<>(supported);
        finalized = new TreeMap<>(finalized);
    }

    public static BrokerFeatures none() {
        return new BrokerFeatures(new TreeMap<>(), new TreeMap<>(), -1);
    }
}
