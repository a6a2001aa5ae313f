package io.moldau.quorum;

import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;

/// The way into the log: on the leader itself, or over the wire to it.
interface Route {
    /// Appends an entry. Entries of one submitter that are brought one after the other come into
    /// the log in that order, or not at all.
    ///
    /// @return the entry's index, once it is applied on the leader; fails when it is not known
    ///   whether it will ever be
    CompletableFuture<Long> append(Message entry);
}
