package io.moldau.broker.replication;

/// How far one follower is, as its leader knows it.
final class FollowerProgress {
    static final long NO_SESSION = -1;
    static final long UNKNOWN = -1;

    final int node;
    private long nodeEpoch = UNKNOWN;
    private long session = NO_SESSION;
    private boolean accepted;
    private long logEndOffset = UNKNOWN;
    private long openedAt = UNKNOWN;
    private boolean inIsr;
    private boolean maybeInIsr;

    private long caughtUpMs;
    private long markOffset;
    private long markMs;

    /// @param caughtUpMs when it is taken to have been at the leader's end
    FollowerProgress(int node, long caughtUpMs) {
        this.node = node;
        this.caughtUpMs = caughtUpMs;
        this.markOffset = Long.MAX_VALUE;
    }

    long nodeEpoch() {
        return nodeEpoch;
    }

    long session() {
        return session;
    }

    /// Acknowledged in this reign; [#UNKNOWN] until then.
    long logEndOffset() {
        return logEndOffset;
    }

    /// In the ISR, as the metadata last said.
    boolean inIsr() {
        return inIsr;
    }

    /// In the ISR, or perhaps by now.
    boolean maybeInIsr() {
        return maybeInIsr;
    }

    /// It came back without records that it once had acknowledged: its disk has lost them.
    boolean hasLost(long committed) {
        return accepted && Math.max(openedAt, logEndOffset) < committed;
    }

    void onMembership(boolean isMember) {
        inIsr = isMember;
        maybeInIsr = isMember;
    }

    void onProposed() {
        maybeInIsr = true;
    }

    /// What it opens with is where its log ends, not what it promises: it acknowledges that next.
    void onOpened(long newNodeEpoch, long newSession) {
        nodeEpoch = newNodeEpoch;
        session = newSession;
        accepted = false;
        logEndOffset = UNKNOWN;
    }

    void onAccepted(long fetchOffset) {
        accepted = true;
        openedAt = fetchOffset;
    }

    void onLost() {
        session = NO_SESSION;
        accepted = false;
    }

    boolean isAccepted(long inSession) {
        return accepted && session == inSession;
    }

    boolean isAccepted() {
        return accepted;
    }

    /// @param leaderEnd where the leader's log ends by now
    void onAcknowledged(long offset, long leaderEnd, long nowMs) {
        logEndOffset = Math.max(logEndOffset, offset);
        if (logEndOffset >= leaderEnd) {
            caughtUpMs = nowMs;
            markOffset = Long.MAX_VALUE;
        } else if (logEndOffset >= markOffset) {
            // It has what was the end then. Under steady load it never has what is the end now.
            caughtUpMs = Math.max(caughtUpMs, markMs);
            mark(leaderEnd, nowMs);
        } else if (markOffset == Long.MAX_VALUE) {
            mark(leaderEnd, nowMs);
        }
    }

    /// The leader's log grew from `endBefore`.
    void onLeaderAppended(long endBefore, long nowMs) {
        if (accepted && logEndOffset >= endBefore) {
            caughtUpMs = nowMs;
        }
    }

    private void mark(long leaderEnd, long nowMs) {
        markOffset = leaderEnd;
        markMs = nowMs;
    }

    boolean isBehindSince(long leaderEnd, long lagTimeMaxMs, long nowMs) {
        if (accepted && logEndOffset >= leaderEnd) {
            caughtUpMs = nowMs;
            return false;
        }
        return nowMs - caughtUpMs > lagTimeMaxMs;
    }
}
