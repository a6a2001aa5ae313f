package io.moldau.broker.fetch;

import io.moldau.broker.partition.FetchItem;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What one fetch request amounts to, together with the session that it belongs to.
public sealed interface FetchPlan {
    /// The session cannot go on; the client starts a new one.
    record Refused(Errors error) implements FetchPlan {}

    /// @param sessionId to answer with; 0 where there is none
    /// @param targets in the order in which they are to be read
    /// @param session null where there is none
    record Read(int sessionId, List<FetchTarget> targets, FetchSession session, boolean full)
            implements FetchPlan {
        /// True if the answer must name this partition.
        public boolean mustTell(FetchTarget target, FetchItem found, boolean hasRecords) {
            if (session == null) {
                return true;
            }
            return session.mustTell(target, found, hasRecords) || full;
        }

        /// Who waits, if the fetch has to: the session, or else the connection.
        public Object waiter(Object connection) {
            return session == null ? connection : session;
        }
    }
}
