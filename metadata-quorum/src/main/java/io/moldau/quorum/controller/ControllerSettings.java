package io.moldau.quorum.controller;

/// When the controller does what.
///
/// @param sessionTimeoutMs `broker.session.timeout.ms`: silence after which a node counts as gone
/// @param breakGraceMs after a session broke while somebody listens at the node's address, how long
///   the node may take to open another one
/// @param replaceVoterAfterMs `quorum.voter.replace.after.ms`: how long a voter may be away
/// @param autoRebalance `auto.leader.rebalance.enable`
/// @param rebalanceIntervalMs `leader.imbalance.check.interval.seconds`
/// @param offsetsReplicationFactor `offsets.topic.replication.factor`: what `__consumer_offsets`
///   grows to as nodes come
/// @param transactionsReplicationFactor `transaction.state.log.replication.factor`, likewise
public record ControllerSettings(
        long sessionTimeoutMs,
        long breakGraceMs,
        long replaceVoterAfterMs,
        boolean autoRebalance,
        long rebalanceIntervalMs,
        int offsetsReplicationFactor,
        int transactionsReplicationFactor) {
    public static final ControllerSettings DEFAULTS =
            new ControllerSettings(2000, 500, 600_000, true, 300_000, 3, 3);
}
