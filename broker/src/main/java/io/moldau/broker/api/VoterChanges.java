package io.moldau.broker.api;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Changes of who votes in the metadata quorum, and who belongs to it; any node may be asked.
public interface VoterChanges {
    /// What became of a change.
    ///
    /// @param message empty where the error says enough, or there is none
    record Result(Errors error, String message) {}

    /// Makes a member that listens a voter, and lets it vote from now on.
    ///
    /// @param directoryId empty to take the node whatever its directory
    CompletableFuture<Result> addVoter(int nodeId, Optional<Uuid> directoryId);

    /// Makes a voter one that listens, until it is added again: the cluster, which promotes nodes
    /// where voters are missing, passes it over.
    CompletableFuture<Result> removeVoter(int nodeId, Optional<Uuid> directoryId);

    /// Ends a node's membership. Done as well when it was none.
    CompletableFuture<Result> expel(int nodeId);
}
