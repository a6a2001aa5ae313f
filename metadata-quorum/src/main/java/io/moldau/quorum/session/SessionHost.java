package io.moldau.quorum.session;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// Keeps the sessions of all nodes: the controller. Every method may be called from any thread and
/// returns at once.
public interface SessionHost {
    /// Who opens a session.
    record Hello(int nodeId, Uuid incarnation, long nodeEpoch) {}

    /// @param appliedIndex log entries that the node has applied
    /// @param visibleIndex up to which its clients see the metadata
    /// @param wantsShutdown the node asks for its leaderships to be moved away
    record Beat(long appliedIndex, long visibleIndex, boolean wantsShutdown) {}

    /// @param shutdownWaiting partitions that still wait for another leader; -1 until the shutdown
    ///   has begun
    record Answer(long committedIndex, int shutdownWaiting) {}

    /// The node's end of a session.
    interface Guest {
        void answer(Answer answer);

        /// The host has ended the session.
        void ended(SessionEnd why);
    }

    /// The host's end of a session.
    interface Handle {
        void beat(Beat beat);

        /// The connection broke, or the node hung up.
        void broken();
    }

    enum SessionEnd {
        /// Another node leads the quorum, or none does.
        NOT_CONTROLLER,
        /// The node has to register before: the cluster does not know this life of it.
        UNKNOWN_NODE,
        /// Another session of the same node has taken its place.
        REPLACED,
        /// Nobody can tell: the connection broke.
        BROKEN
    }

    /// Begins a session. Every beat is answered, unless the session ends.
    Handle open(Hello hello, Guest guest);

    /// Completes with true when every node that is alive shows its clients the metadata of `index`,
    /// with false when that took longer than `timeoutMs` or this node does not lead.
    CompletableFuture<Boolean> awaitVisible(long index, long timeoutMs);
}
