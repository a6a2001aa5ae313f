package io.moldau.broker.group;

/// Where a group stands in its life. Each phase holds what is true in it and nothing else.
///
/// ```
/// Empty ──join──▶ Gathering ──delay over──▶ Completing ──leader's sync saved──▶ Stable
///   ▲                                          ▲   │                              │
///   │ nobody left                     all back │   ▼ somebody joins or goes       │
///   └─────────────────────────────────────── Preparing ◀─────────────────────────┘
/// ```
sealed interface Phase {
    /// As Kafka's tools show it.
    String shownAs();

    /// No members; the group lives on for its committed offsets.
    record Empty() implements Phase {
        @Override
        public String shownAs() {
            return "Empty";
        }
    }

    /// The first members of an empty group wait for more, so that a deployment of ten does not
    /// rebalance ten times (KIP-134).
    ///
    /// @param remainingMs what newcomers may still prolong it by
    /// @param newcomers somebody joined since the delay began
    record Gathering(long sinceMs, long deadlineMs, long remainingMs, boolean newcomers)
            implements Phase {
        @Override
        public String shownAs() {
            return "PreparingRebalance";
        }

        Gathering joined() {
            return newcomers ? this : new Gathering(sinceMs, deadlineMs, remainingMs, true);
        }

        boolean prolongs() {
            return newcomers && remainingMs > 0;
        }

        Gathering prolonged(long nowMs, long delayMs) {
            long more = Math.min(delayMs, remainingMs);
            return new Gathering(sinceMs, nowMs + more, remainingMs - more, false);
        }
    }

    /// Members are called back; whoever has not rejoined by the deadline is out.
    record Preparing(long sinceMs, long deadlineMs) implements Phase {
        @Override
        public String shownAs() {
            return "PreparingRebalance";
        }
    }

    /// The generation stands; its leader works out the assignment.
    ///
    /// @param saveId the save that makes it durable, or [#NOT_SAVING] until the leader has sent it
    record Completing(long saveId) implements Phase {
        static final long NOT_SAVING = -1;

        @Override
        public String shownAs() {
            return "CompletingRebalance";
        }

        boolean saving() {
            return saveId != NOT_SAVING;
        }
    }

    /// Everybody can have their assignment.
    record Stable() implements Phase {
        @Override
        public String shownAs() {
            return "Stable";
        }
    }

    /// Deleted; whoever still holds it must look the group up again.
    record Dead() implements Phase {
        @Override
        public String shownAs() {
            return "Dead";
        }
    }
}
