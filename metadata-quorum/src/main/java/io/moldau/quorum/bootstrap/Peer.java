package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;
import org.apache.kafka.common.Uuid;

/// A node among the members of a cluster.
///
/// @param directoryId names its metadata directory: a node whose disk was lost comes back as
///   another
public record Peer(int nodeId, Uuid directoryId, PeerAddress address) {}
