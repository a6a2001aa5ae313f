package io.moldau.quorum.bootstrap;

import io.moldau.peer.PeerAddress;

/// What a node knows about its cluster after an answer.
public sealed interface Verdict {
    /// Nothing is decided yet.
    ///
    /// @param why what it waits for, in a sentence for the operator
    record KeepAsking(String why) implements Verdict {}

    /// This node founds the cluster: it writes the formation down, and then tells the others.
    record Found(Formation formation) implements Verdict {}

    /// Another node founded the cluster, and this one votes in it.
    record Belong(Formation formation, Peer self) implements Verdict {}

    /// There is a cluster, and this node has no place in it yet.
    record Join(String clusterId, PeerAddress via) implements Verdict {}

    /// It cannot belong to what it was told to join.
    ///
    /// @param otherCluster whether its data, or its settings, are of another cluster
    record Refuse(boolean otherCluster, String sentence) implements Verdict {}
}
