package io.moldau.broker.app;

import io.moldau.peer.PeerAddress;
import java.util.List;
import java.util.Optional;

/// A node's cluster in a few words.
///
/// @param nodeIds of all nodes that are known, in order
/// @param votes whether the node is a voter of the metadata quorum
/// @param address where others reach the node, or will in a moment; empty if its port for them
///   could not be opened
public record ClusterSummary(List<Integer> nodeIds, boolean votes, Optional<PeerAddress> address) {}
