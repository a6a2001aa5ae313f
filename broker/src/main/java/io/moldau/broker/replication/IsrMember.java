package io.moldau.broker.replication;

/// @param nodeEpoch of the life of the node that is in sync: one that has restarted since is not
public record IsrMember(int node, long nodeEpoch) {}
