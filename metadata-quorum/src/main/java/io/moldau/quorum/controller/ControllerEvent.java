package io.moldau.quorum.controller;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Outcome;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What the controller hears. Events of one controller come one after the other.
public sealed interface ControllerEvent {
    /// This node leads the quorum and has applied all of earlier terms. The first event, once.
    record Elected(ClusterImage image, Membership membership) implements ControllerEvent {}

    /// The image has changed.
    record ImageChanged(ClusterImage image) implements ControllerEvent {}

    /// A node has opened a session; `session` is the host's number for it, never used again. It may
    /// be ahead of the image here, and is judged once the image knows the node's epoch.
    record SessionOpened(long session, int nodeId, Uuid incarnation, long nodeEpoch)
            implements ControllerEvent {}

    /// A session broke, or the node hung up. Late news of a session that was replaced does nothing.
    record SessionBroken(long session) implements ControllerEvent {}

    /// A node lives. Has to be passed on even while nothing changes: silence is what fences.
    ///
    /// @param appliedIndex log entries that the node has applied
    /// @param visibleIndex up to which its clients see the metadata: equal to `appliedIndex`
    ///   whenever its partitions have nothing left to follow
    record Beat(long session, long appliedIndex, long visibleIndex, boolean wantsShutdown)
            implements ControllerEvent {}

    /// Answer to [ControllerEffect.Probe].
    record Probed(long id, Answer answer) implements ControllerEvent {}

    /// Answer to [ControllerEffect.Submit]; `null` if it cannot be known what became of it.
    record Decided(long id, @Nullable Outcome outcome) implements ControllerEvent {}

    /// Who votes has changed, or a change that was asked for has ended, well or not.
    record MembershipChanged(Membership membership) implements ControllerEvent {}

    /// Time has passed. Comes several times within a session time-out.
    record Tick() implements ControllerEvent {}

    /// What dialling a node came to.
    enum Answer {
        /// Somebody listens there.
        ANSWERED,
        /// The machine says that nobody does: the process is gone.
        REFUSED,
        /// No word in time.
        SILENT
    }

    /// Who belongs to the quorum.
    record Membership(List<Member> voters, List<Member> listeners) {
        public static final Membership NONE = new Membership(List.of(), List.of());
    }

    /// @param directoryId of its metadata directory: with another disk it is another member
    record Member(int nodeId, Uuid directoryId) {}
}
