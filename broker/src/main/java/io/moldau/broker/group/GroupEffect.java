package io.moldau.broker.group;

import io.moldau.metadata.GroupImage;
import java.util.List;

/// What a step asks its caller to do, in this order.
public sealed interface GroupEffect {

    record Answer(Caller caller, GroupAnswer answer) implements GroupEffect {}

    /// Make `group` durable, then report [GroupEvent.Saved] or [GroupEvent.NotSaved].
    record Save(long saveId, GroupImage group) implements GroupEffect {}

    /// A rebalance is over its join phase; tell whoever asks why it was.
    ///
    /// @param causes who joined, left or expired, oldest first; the first few when there were many
    /// @param leaderId empty when nobody is left
    record Rebalanced(
            int generation,
            int memberCount,
            String protocolName,
            String leaderId,
            long tookMs,
            List<String> causes,
            int moreCauses)
            implements GroupEffect {}
}
