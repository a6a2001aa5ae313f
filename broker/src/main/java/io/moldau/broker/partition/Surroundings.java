package io.moldau.broker.partition;

import io.moldau.env.Clock;
import java.util.function.Supplier;

/// What all partitions of a node share.
record Surroundings(int nodeId, LogStore store, Clock clock, Supplier<Peers> peers) {}
