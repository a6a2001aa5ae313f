package io.moldau.chaos.fault;

/// Whom a fault is for. Who that is, is known only when it comes.
public enum Aim {
    /// Any node.
    ONE,
    /// As many as the others can do without.
    MINORITY,
    /// More than the others can do without.
    MAJORITY,
    /// Every node.
    ALL,
    /// The leader of some partition.
    LEADER,
    /// The node that leads the metadata quorum.
    CONTROLLER
}
