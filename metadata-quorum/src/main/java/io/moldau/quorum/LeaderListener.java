package io.moldau.quorum;

/// Who wants to know who leads the quorum.
@FunctionalInterface
public interface LeaderListener {
    /// Another node leads, or this one does so now or no longer. Told one after the other, on a
    /// thread of their own: it may wait, but the next news waits with it.
    ///
    /// @param term Raft's term
    /// @param leaderNodeId -1 when nobody leads as far as this node knows
    /// @param isMe this node leads, and has applied all that was acknowledged under earlier leaders
    void changed(long term, int leaderNodeId, boolean isMe);
}
