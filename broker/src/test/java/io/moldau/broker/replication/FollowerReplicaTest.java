package io.moldau.broker.replication;

import org.junit.jupiter.api.Test;

/// What a follower says, as transcripts: see [FollowerTranscript].
class FollowerReplicaTest {
    @Test
    void opensAcknowledgesAndFollowsTheHighWatermark() {
        new FollowerTranscript(ListLog.of("1 1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 2 after 1
                        > accepted 7 2
                          ack 2
                        > received 7 5 committed 1 records 5 5
                          append 2
                          ack 4
                          committed 1
                        > received 7 5 committed 3
                          committed 3
                        > received 7 5 committed 9
                          committed 4
                        """);
    }

    @Test
    void cutsWhatTheLeaderDoesNotHaveInAsManyStepsAsItTakes() {
        new FollowerTranscript(ListLog.of("1 1 2 2 4 4"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 6 after 4
                        > diverged 7 3 5
                          truncate to 4
                          open 7 in 5 at 4 after 2
                        > diverged 7 1 3
                          truncate to 2
                          open 7 in 5 at 2 after 1
                        > accepted 7 2
                          ack 2
                        """);
    }

    @Test
    void startsAfreshWhereNothingOfItsLastEpochIsLeft() {
        new FollowerTranscript(ListLog.of("1 1 1 1").committedTo(1))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 4 after 1
                        > diverged 7 -1 3
                          start fresh at 3
                          committed 3
                          open 7 in 5 at 3 after -1
                        > accepted 7 3
                          ack 3
                        """);
    }

    /// Classic bug 1, KIP-101: the high watermark arrives late and is no measure of what others
    /// have.
    @Test
    void cutsNothingBecauseOfTheHighWatermark() {
        new FollowerTranscript(ListLog.of("1 1 1").committedTo(1))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 3 after 1
                        > accepted 7 3
                          ack 3
                        """);
    }

    /// Classic bug 3, KAFKA-10706, KAFKA-15608: an own reign left an epoch of which there is no
    /// record.
    @Test
    void comparesRecordsAndNotReigns() {
        new FollowerTranscript(ListLog.of("1 1").reignOf(4))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 2 after 1
                        """);
    }

    /// Classic bug 4, KAFKA-15510: an answer without records says nothing about the last one's
    /// epoch.
    @Test
    void anEmptyAnswerChangesNothingAboutTheLastEpoch() {
        new FollowerTranscript(ListLog.of("1 1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 2 after 1
                        > accepted 7 2
                          ack 2
                        > received 7 5
                        > disconnected 7
                        > connected 8
                          open 8 in 5 at 2 after 1
                        """);
    }

    @Test
    void ignoresAnswersOfOtherSessionsAndReigns() {
        new FollowerTranscript(ListLog.of("1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 1 after 1
                        > diverged 6 0 0
                        > accepted 6 1
                        > received 7 5 records 5
                        > accepted 7 1
                          ack 1
                        > received 6 5 records 5
                        > received 7 4 records 5
                        > diverged 7 0 0
                        """);
    }

    @Test
    void opensAgainUnderEachNewLeader() {
        new FollowerTranscript(ListLog.of("1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 1 after 1
                        > leader 1 6
                          open 7 in 6 at 1 after 1
                        > accepted 7 1
                          ack 1
                        > leader 3 7
                        > received 7 6 records 6
                        > connected 8
                          open 8 in 7 at 1 after 1
                        """);
    }

    @Test
    void asksAgainAfterARefusal() {
        new FollowerTranscript(ListLog.of("1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 1 after 1
                        > refused 7
                        > wait 49
                        > wait 1
                          open 7 in 5 at 1 after 1
                        > wait 15000
                          open 7 in 5 at 1 after 1
                        """);
    }

    @Test
    void startsAfreshWhereTheLeadersLogStarts() {
        new FollowerTranscript(ListLog.of("1 1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 2 after 1
                        > accepted 7 6
                          start fresh at 6
                          committed 6
                          ack 6
                        > received 7 5 committed 7 start 6 records 5
                          append 1
                          ack 7
                          committed 7
                        """);
    }

    @Test
    void followsTheStartOfTheLog() {
        new FollowerTranscript(ListLog.of("1 1 1"))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 3 after 1
                        > accepted 7 3
                          ack 3
                        > received 7 5 committed 3 start 2
                          forget below 2
                          ack 3
                          committed 3
                        > received 7 5 committed 3 start 2
                        """);
    }

    @Test
    void acknowledgesWhatIsFlushedWhereTheTopicAsksForIt() {
        new FollowerTranscript(ListLog.of("1").flushingLater())
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 1 after 1
                        > accepted 7 1
                          ack 1
                        > received 7 5 committed 1 records 5 5
                          append 2
                          committed 1
                        > flush
                          ack 3
                        """);
    }

    /// After an unclean election there may be less than what once was committed.
    @Test
    void aCutBelowTheHighWatermarkTakesItDown() {
        new FollowerTranscript(ListLog.of("1 1 1").committedTo(3))
                .check(
                        """
                        > connected 7
                          open 7 in 5 at 3 after 1
                        > diverged 7 1 1
                          truncate to 1
                          committed 1
                          open 7 in 5 at 1 after 1
                        > accepted 7 1
                          ack 1
                        > received 7 5 committed 1 records 5 5
                          append 2
                          ack 3
                        """);
    }
}
