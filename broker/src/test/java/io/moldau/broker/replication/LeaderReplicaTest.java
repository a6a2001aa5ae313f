package io.moldau.broker.replication;

import org.junit.jupiter.api.Test;

/// What a leader says, as transcripts: see [LeaderTranscript].
class LeaderReplicaTest {
    @Test
    void commitsWhatEveryoneInSyncHas() {
        LeaderTranscript.with(ListLog.of(""), 1, 2, 3)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0 1
                        > open 3
                          accept 3 from 0
                        > ack 3 0 2
                        > append 3
                        > ack 2 3 1
                        > ack 3 2 2
                          committed 2
                        > ack 3 3 2
                          committed 3
                        """);
    }

    @Test
    void aLoneReplicaCommitsAtOnce() {
        LeaderTranscript.with(ListLog.of(""), 1)
                .minIsr(1)
                .check(
                        """
                        > append 3
                          committed 3
                        """);
    }

    @Test
    void commitsNothingBelowMinInsyncReplicas() {
        LeaderTranscript.with(ListLog.of(""), 1, 2, 3)
                .check(
                        """
                        > isr 1
                        > append 1
                        > open 2
                          accept 2 from 0
                        > ack 2 1
                          propose [1, 2] in 1
                        > accepted
                        > isr 1,2
                          committed 1
                        """);
    }

    @Test
    void commitsOnlyWhatItsOwnDiskHasPromised() {
        LeaderTranscript.with(ListLog.of("").flushingLater(), 1)
                .minIsr(1)
                .check(
                        """
                        > append 3
                        > flush
                          committed 3
                        """);
    }

    /// Classic bug 10: the reply to an accepted change may be lost, and the one to a refused change
    /// may be about the second copy of it.
    @Test
    void waitsForWhoeverMayBeInSyncUntilTheMetadataSaysSo() {
        LeaderTranscript.with(ListLog.of("1"), 1, 2)
                .check(
                        """
                        > open 2 at 1 after 1
                          accept 2 from 1
                        > ack 2 1 1
                          committed 1
                        > open 3 at 1 after 1
                          accept 3 from 1
                        > ack 3 1 2
                          propose [1, 2, 3] in 0
                        > refused
                        > append 1
                        > ack 2 2 1
                        > fence 3
                        > wait 50
                          propose [1, 2] in 0
                        > accepted
                        > isr 1,2
                          committed 2
                        """);
    }

    @Test
    void asksForOneChangeAtATime() {
        LeaderTranscript.with(ListLog.of(""), 1)
                .minIsr(1)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0 1
                          propose [1, 2] in 0
                        > open 3
                          accept 3 from 0
                        > ack 3 0 2
                        > wait 1000
                        > accepted
                        > isr 1,2
                          propose [1, 2, 3] in 1
                        """);
    }

    @Test
    void asksAgainWhenNoAnswerEverComes() {
        LeaderTranscript.with(ListLog.of(""), 1)
                .minIsr(1)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0
                          propose [1, 2] in 0
                        > wait 15001
                        > wait 50
                          propose [1, 2] in 0
                        """);
    }

    @Test
    void doesNotAskForNodesThatAreFencedOrHaveRestarted() {
        LeaderTranscript.with(ListLog.of(""), 1)
                .minIsr(1)
                .check(
                        """
                        > fence 2
                        > open 2
                          accept 2 from 0
                        > ack 2 0
                        > unfence 2
                          propose [1, 2] in 0
                        > open 3 life 29
                          refuse 3: STALE_BROKER_EPOCH
                        > ack 3 0
                        """);
    }

    /// What earlier leaders had committed may be more than this one knows, but it is all below the
    /// beginning of its reign.
    @Test
    void letsNobodyInBeforeTheBeginningOfItsReign() {
        LeaderTranscript.with(ListLog.of("1 1 1 1"), 1)
                .check(
                        """
                        > open 2 at 2 after 1
                          accept 2 from 2
                        > ack 2 3
                        > ack 2 4
                          propose [1, 2] in 0
                        """);
    }

    @Test
    void aFollowerThatLagsLeavesAndMayComeBack() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0
                        > append 1
                        > wait 30000
                        > wait 1
                          propose [1] in 0
                        > accepted
                        > isr 1
                        > ack 2 1
                          propose [1, 2] in 1
                        > isr 1,2
                          committed 1
                        """);
    }

    @Test
    void aFollowerThatKeepsUpWithASteadyLoadStays() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > append 2
                        > ack 2 1
                          committed 1
                        > wait 14000
                        > append 2
                        > ack 2 3
                          committed 3
                        > wait 14000
                        > append 2
                        > ack 2 5
                          committed 5
                        > wait 14000
                        """);
    }

    @Test
    void anIdleFollowerStaysHoweverLongNothingHappens() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0
                        > wait 100000
                        > append 1
                        > wait 30000
                        """);
    }

    @Test
    void aFollowerWithoutAStreamLeavesEvenIfNothingHappens() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > ack 2 0
                        > lost 2
                        > wait 30001
                          propose [1] in 0
                        """);
    }

    @Test
    void ignoresAnswersOfAnEarlierSession() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > append 5
                        > open 2
                          accept 2 from 0
                        > open 2
                          accept 2 from 0
                        > ack 2 5 1
                        > ack 2 3 2
                          committed 3
                        """);
    }

    /// Classic bug 6, KIP-320: a fetch from an older epoch, or a newer one.
    @Test
    void refusesFollowersOfOtherReigns() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2 in 4
                          refuse 2: FENCED_LEADER_EPOCH
                        > open 2 in 6
                          refuse 2: UNKNOWN_LEADER_EPOCH
                        > open 7
                          refuse 7: REPLICA_NOT_AVAILABLE
                        """);
    }

    @Test
    void tellsWhereAnEpochEndsThatTheFollowerWroteBeyond() {
        LeaderTranscript.with(ListLog.of("1 1 3 3"), 1, 2)
                .check(
                        """
                        > open 2 at 6 after 3
                          truncate 2: epoch 3 ends at 4
                        > open 2 at 3 after 2
                          truncate 2: epoch 1 ends at 2
                        > open 2 at 2 after 1
                          accept 2 from 2
                        """);
    }

    /// Classic bug 5, KAFKA-13141: an answer about divergence says nothing about how far the
    /// follower is.
    @Test
    void takesNothingAsAcknowledgedThatDiverged() {
        LeaderTranscript.with(ListLog.of("1 1 3 3"), 1, 2)
                .check(
                        """
                        > open 2 at 4 after 2
                          truncate 2: epoch 1 ends at 2
                        > ack 2 4
                        > append 1
                        > wait 1
                        """);
    }

    @Test
    void sendsAFollowerFromBeforeTheLogsStartToTheStart() {
        LeaderTranscript.with(ListLog.of("1 1 1 3 3").startingAt(3), 1)
                .check(
                        """
                        > open 2 at 2 after 1
                          accept 2 from 3
                        > ack 2 3
                        > ack 2 5
                          propose [1, 2] in 0
                        """);
    }

    /// Found by the simulation: it kept a reign's records below the log start, where nobody could
    /// compare them, was elected, and showed them, or took its producer's retry for known.
    @Test
    void aFollowerWhoseLastEpochIsDeletedHereStartsAfresh() {
        LeaderTranscript.with(ListLog.of("1 2 2 2").startingAt(2), 1)
                .check(
                        """
                        > open 2 at 4 after 1
                          truncate 2: epoch -1 ends at 2
                        > open 2 at 2 after 1
                          truncate 2: epoch -1 ends at 2
                        > open 2 at 2 after -1
                          accept 2 from 2
                        > open 2 at 3 after 2
                          accept 2 from 3
                        """);
    }

    /// It has what is committed, so nothing of another reign is below the log start; and elected it
    /// must know whose retries it sees.
    @Test
    void aFollowerInSyncNeverStartsAfreshWhereItsLogIsCommitted() {
        LeaderTranscript.with(ListLog.of("1 1 1").startingAt(3).committedTo(3), 1, 2)
                .check(
                        """
                        > open 2 at 3 after 1
                          accept 2 from 3
                        > open 2 at 5 after 1
                          truncate 2: epoch 1 ends at 3
                        > open 3 at 3 after 1
                          truncate 3: epoch -1 ends at 3
                        """);
    }

    @Test
    void aFollowerInTheElrNeverStartsAfreshWhereItsLogIsCommitted() {
        LeaderTranscript.with(ListLog.of("1 1 1").startingAt(3).committedTo(3), 1)
                .check(
                        """
                        > elr 2
                        > open 2 at 3 after 1
                          accept 2 from 3
                        > open 3 at 3 after 1
                          truncate 3: epoch -1 ends at 3
                        """);
    }

    @Test
    void aFollowerThatLacksOnlyWhatIsDeletedStaysInSync() {
        LeaderTranscript.with(ListLog.of("1 1 1").startingAt(3).committedTo(3), 1, 2, 3)
                .check(
                        """
                        > open 2 at 2 after 1
                          accept 2 from 3
                        """);
    }

    @Test
    void anEmptyLogTakesAwayWhatOthersHave() {
        LeaderTranscript.with(ListLog.of(""), 1)
                .check(
                        """
                        > open 2 at 3 after 2
                          truncate 2: epoch 2 ends at 0
                        > open 2 at 3 after -1
                          truncate 2: epoch 5 ends at 0
                        """);
    }

    /// Its disk was damaged while it was in sync: it must not be elected.
    @Test
    void aFollowerThatLostCommittedRecordsLeavesAtOnce() {
        LeaderTranscript.with(ListLog.of("1 1 1").committedTo(3), 1, 2, 3)
                .check(
                        """
                        > open 2 at 1 after 1
                          accept 2 from 1
                          propose [1, 3] in 0
                        > isr 1,3
                        > ack 2 3
                          propose [1, 2, 3] in 1
                        """);
    }

    @Test
    void newReplicasJoinWhenTheyHaveCaughtUp() {
        LeaderTranscript.with(ListLog.of("1 1"), 1, 2)
                .check(
                        """
                        > open 4
                          refuse 4: REPLICA_NOT_AVAILABLE
                        > replicas 1,2,3,4 1,2
                        > open 4
                          accept 4 from 0
                        > ack 4 2
                          propose [1, 2, 4] in 1
                        > replicas 1,4 1,4
                          committed 2
                        """);
    }

    @Test
    void tellsAReplicaThatItIsNoneAnyMore() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 3
                          accept 3 from 0
                        > replicas 1,2 1,2
                          refuse 3: REPLICA_NOT_AVAILABLE
                        """);
    }

    @Test
    void aDeposedLeaderCommitsNothing() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > append 1
                        > deposed
                        > ack 2 1
                        > open 2
                          refuse 2: NOT_LEADER_OR_FOLLOWER
                        > wait 100000
                        """);
    }

    /// Classic bug 11, KAFKA-15021: only who is in sync is waited for.
    @Test
    void doesNotWaitForThoseWhoAreCaughtUpButMayNotJoin() {
        LeaderTranscript.with(ListLog.of(""), 1, 2)
                .check(
                        """
                        > open 2
                          accept 2 from 0
                        > fence 3
                        > open 3
                          accept 3 from 0
                        > ack 3 0
                        > append 1
                        > ack 2 1 1
                          committed 1
                        """);
    }
}
