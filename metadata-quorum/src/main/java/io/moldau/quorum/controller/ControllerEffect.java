package io.moldau.quorum.controller;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.NodeAddress;
import io.moldau.quorum.controller.ControllerEvent.Member;

/// What the controller wants done, in this order. Nothing here waits.
public sealed interface ControllerEffect {
    /// Have `command` decided, by this node as leader only, and bring back
    /// [ControllerEvent.Decided] with the same id.
    record Submit(long id, MetadataCommand command) implements ControllerEffect {}

    /// Dial the node anew, `afterMs` from now, and bring back [ControllerEvent.Probed] with the
    /// same id.
    record Probe(long id, int nodeId, NodeAddress address, long afterMs)
            implements ControllerEffect {}

    /// End a session from this side.
    record CloseSession(long session, Reason reason) implements ControllerEffect {}

    /// Tell a node that wants to stop how many of its partitions still wait for another leader.
    record ShutdownProgress(long session, int waiting) implements ControllerEffect {}

    /// Make a listener a voter; [ControllerEvent.MembershipChanged] ends it.
    record Promote(Member member) implements ControllerEffect {}

    /// End a membership; [ControllerEvent.MembershipChanged] ends it.
    record Remove(Member member) implements ControllerEffect {}

    enum Reason {
        /// The cluster does not know this life of the node: it has to register.
        UNKNOWN_NODE,
        /// Another session of the same node, or a later life of it, has taken its place.
        REPLACED,
        /// Nothing was heard for a session time-out.
        SILENT
    }
}
