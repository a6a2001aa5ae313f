package io.moldau.quorum.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.MetadataCommand.UnfenceNode;
import io.moldau.metadata.PartitionImage;
import io.moldau.quorum.controller.ControllerEffect.CloseSession;
import io.moldau.quorum.controller.ControllerEffect.Probe;
import io.moldau.quorum.controller.ControllerEffect.Reason;
import io.moldau.quorum.controller.ControllerEffect.ShutdownProgress;
import io.moldau.quorum.controller.ControllerEffect.Submit;
import io.moldau.quorum.controller.ControllerEvent.Answer;
import io.moldau.quorum.controller.ControllerEvent.Beat;
import io.moldau.quorum.controller.ControllerEvent.Decided;
import io.moldau.quorum.controller.ControllerEvent.Probed;
import io.moldau.quorum.controller.ControllerEvent.SessionBroken;
import io.moldau.quorum.controller.ControllerEvent.SessionOpened;
import io.moldau.quorum.controller.ControllerEvent.Tick;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ControllerCoreTest extends ControllerFixture {
    private static ClusterImage withTopic(ClusterImage image) {
        return Images.after(
                new CreateTopic(
                        "t", Images.id(1), -1, (short) -1, List.of(List.of(2, 3, 1)), Map.of(), 0),
                image);
    }

    private PartitionImage t() {
        return Objects.requireNonNull(image.partition("t", 0));
    }

    /// Three nodes, each with its session; node 2 leads `t`.
    private long[] threeWithSessions() {
        elected(withTopic(Images.cluster(3)));
        long[] sessions = {open(1), open(2), open(3)};
        for (long session : sessions) {
            beat(session);
        }
        effects.clear();
        return sessions;
    }

    @Test
    void fencesANodeAtOnceWhoseSessionBrokeAndWhereNobodyListens() {
        long second = threeWithSessions()[1];

        step(new SessionBroken(second));
        var probe = all(Probe.class).getFirst();
        assertThat(probe.nodeId()).isEqualTo(2);
        step(new Probed(probe.id(), Answer.REFUSED));

        assertThat(fenced(2)).isTrue();
        assertThat(t().leader()).isEqualTo(3);
    }

    @Test
    void givesANodeThatStillListensTheTimeToComeBack() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.ANSWERED));
        afterWith(300, sessions[0], sessions[2]);
        assertThat(fenced(2)).isFalse();

        long again = open(2);
        afterWith(5_000, sessions[0], again, sessions[2]);

        assertThat(fenced(2)).isFalse();
    }

    /// A process that is killed may listen for some time yet.
    @Test
    void dialsANodeAgainThatListenedThoughItsSessionBroke() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.ANSWERED));
        var again = all(Probe.class).getLast();

        nowMs += again.afterMs();
        step(new Probed(again.id(), Answer.REFUSED));

        assertThat(again.afterMs()).isBetween(1L, 50L);
        assertThat(fenced(2)).isTrue();
    }

    /// What is dialled in the very moment of its end may get no answer at all.
    @Test
    void dialsANodeAgainThatDidNotAnswerThoughItsSessionBroke() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.SILENT));
        assertThat(fenced(2)).isFalse();
        var again = all(Probe.class).getLast();

        nowMs += again.afterMs();
        step(new Probed(again.id(), Answer.REFUSED));

        assertThat(fenced(2)).isTrue();
    }

    @Test
    void fencesANodeThatStillListensAndDoesNotComeBack() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.ANSWERED));

        afterWith(SETTINGS.breakGraceMs() + 100, sessions[0], sessions[2]);

        assertThat(fenced(2)).isTrue();
    }

    @Test
    void fencesASilentNodeAfterTheSessionTimeout() {
        var sessions = threeWithSessions();

        afterWith(SETTINGS.sessionTimeoutMs(), sessions[0], sessions[2]);
        assertThat(fenced(2)).isFalse();
        afterWith(200, sessions[0], sessions[2]);

        assertThat(fenced(2)).isTrue();
        assertThat(fenced(3)).isFalse();
        assertThat(effects).contains(new CloseSession(sessions[1], Reason.SILENT));
    }

    @Test
    void neverFencesItself() {
        var sessions = threeWithSessions();

        step(new SessionBroken(sessions[0]));
        afterWith(10_000, sessions[1], sessions[2]);

        assertThat(fenced(1)).isFalse();
    }

    /// It was stopped itself: that it heard nothing meanwhile is not the others' fault.
    @Test
    void aControllerThatSleptDoesNotFenceTheOthers() {
        var sessions = threeWithSessions();
        afterWith(500, sessions);

        nowMs += 60_000;
        step(new Tick());
        nowMs += 100;
        step(new Tick());

        assertThat(fenced(2)).isFalse();
        assertThat(fenced(3)).isFalse();
    }

    @Test
    void aNewControllerDialsEveryNodeAndFencesTheDeadAtOnce() {
        elected(withTopic(Images.cluster(3)));

        var probes = all(Probe.class);
        assertThat(probes).extracting(Probe::nodeId).containsExactly(2, 3);
        step(new Probed(probes.getFirst().id(), Answer.REFUSED));
        step(new Probed(probes.getLast().id(), Answer.ANSWERED));

        assertThat(fenced(2)).isTrue();
        assertThat(fenced(3)).isFalse();
        assertThat(t().leader()).isEqualTo(3);
    }

    @Test
    void aNewControllerFencesWhoeverDoesNotComeWithinTheTimeout() {
        elected(withTopic(Images.cluster(3)));
        all(Probe.class).forEach(probe -> step(new Probed(probe.id(), Answer.SILENT)));
        long third = open(3);

        afterWith(SETTINGS.sessionTimeoutMs() - 100, third);
        assertThat(fenced(2)).isFalse();
        afterWith(200, third);

        assertThat(fenced(2)).isTrue();
        assertThat(fenced(3)).isFalse();
    }

    @Test
    void unfencesANodeOnceItHasCaughtUp() {
        elected(withTopic(Images.cluster(3)));
        apply(Images.fence(2, image));
        long second = open(2);
        long now = image.appliedIndex();

        step(new Beat(second, now - 1, now - 1, false));
        assertThat(fenced(2)).isTrue();
        step(new Beat(second, now, now, false));

        assertThat(fenced(2)).isFalse();
    }

    /// A killed node starts again at once: its place is its own, and what comes late of its former
    /// life does nothing.
    @Test
    void aRestartedNodeTakesItsPlaceAtOnceAndItsFormerSessionsLateBreakDoesNothing() {
        var sessions = threeWithSessions();
        apply(Images.node(2, 77, null, false));
        assertThat(effects).contains(new CloseSession(sessions[1], Reason.REPLACED));
        long again = open(2);
        beat(again);
        assertThat(fenced(2)).isFalse();
        effects.clear();

        step(new SessionBroken(sessions[1]));
        afterWith(5_000, sessions[0], again, sessions[2]);

        assertThat(all(Probe.class)).isEmpty();
        assertThat(fenced(2)).isFalse();
    }

    /// Classic bug 19: the break was seen and the probe was sent; before its answer the node has
    /// begun anew.
    @Test
    void aLateAnswerAboutAFormerLifeDoesNotFenceTheNewOne() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        var probe = all(Probe.class).getFirst();
        apply(Images.node(2, 77, null, false));
        long again = open(2);
        beat(again);
        assertThat(fenced(2)).isFalse();

        step(new Probed(probe.id(), Answer.REFUSED));

        assertThat(fenced(2)).isFalse();
    }

    /// It answers for the life that was dialled, even where the next one is missed by now too.
    @Test
    void aLateAnswerAboutAFormerLifeDoesNotHastenTheEndOfTheNext() {
        var sessions = threeWithSessions();
        step(new SessionBroken(sessions[1]));
        var late = all(Probe.class).getFirst();
        apply(Images.node(2, 77, null, false));
        long again = open(2);
        beat(again);
        step(new SessionBroken(again));

        step(new Probed(late.id(), Answer.REFUSED));

        assertThat(fenced(2)).isFalse();
    }

    @Test
    void ofTwoSessionsAheadOfTheImageTheLaterLifeStays() {
        threeWithSessions();

        step(new SessionOpened(60, 2, Images.id(61), 61));
        step(new SessionOpened(59, 2, Images.id(60), 60));

        assertThat(effects).contains(new CloseSession(59, Reason.REPLACED));
        assertThat(effects).doesNotContain(new CloseSession(60, Reason.REPLACED));
    }

    @Test
    void aSessionOfAFormerLifeIsRefused() {
        threeWithSessions();
        var former = Objects.requireNonNull(image.node(2));
        apply(Images.node(2, 77, null, false));

        step(new SessionOpened(50, 2, former.incarnation(), former.nodeEpoch()));

        assertThat(effects).contains(new CloseSession(50, Reason.UNKNOWN_NODE));
    }

    @Test
    void aSessionThatIsAheadOfTheImageWaitsForIt() {
        elected(withTopic(Images.cluster(3)));
        var ahead = Images.after(Images.node(4, 44, null), image);
        var node = Objects.requireNonNull(ahead.node(4));
        step(new SessionOpened(9, 4, node.incarnation(), node.nodeEpoch()));
        step(new Beat(9, 101, 101, false));
        assertThat(all(CloseSession.class)).isEmpty();

        publish(ahead);

        assertThat(fenced(4)).isFalse();
    }

    @Test
    void aSessionOfAnUnregisteredNodeIsClosed() {
        elected(withTopic(Images.cluster(3)));

        step(new SessionOpened(9, 7, Images.id(7), 99));
        step(new Beat(9, image.appliedIndex(), image.appliedIndex(), false));

        assertThat(effects).contains(new CloseSession(9, Reason.UNKNOWN_NODE));
    }

    @Test
    void aNewerSessionOfTheSameLifeReplacesTheOlder() {
        var sessions = threeWithSessions();

        long again = open(2);
        step(new SessionBroken(sessions[1]));
        afterWith(3_000, sessions[0], again, sessions[2]);

        assertThat(effects).contains(new CloseSession(sessions[1], Reason.REPLACED));
        assertThat(fenced(2)).isFalse();
    }

    @Test
    void movesLeadershipAwayFromANodeThatWantsToStop() {
        long second = threeWithSessions()[1];

        step(new Beat(second, image.appliedIndex(), image.appliedIndex(), true));

        assertThat(t().leader()).isEqualTo(3);
        assertThat(effects).contains(new ShutdownProgress(second, 0));
        effects.clear();
        step(new SessionBroken(second));
        assertThat(all(Probe.class)).isEmpty();
        assertThat(fenced(2)).isTrue();
    }

    @Test
    void asksAgainWhereACommandGotLost() {
        var sessions = threeWithSessions();
        holdBack = true;
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.REFUSED));
        var lost = all(Submit.class).getFirst();
        afterWith(500, sessions[0], sessions[2]);
        assertThat(all(Submit.class)).hasSize(1);

        holdBack = false;
        step(new Decided(lost.id(), null));
        afterWith(100, sessions[0], sessions[2]);

        assertThat(fenced(2)).isTrue();
    }

    @Test
    void aNodeThatComesBackWhileItIsBeingFencedIsUnfencedAfterwards() {
        var sessions = threeWithSessions();
        holdBack = true;
        step(new SessionBroken(sessions[1]));
        step(new Probed(all(Probe.class).getFirst().id(), Answer.REFUSED));
        var fencing = all(Submit.class).getFirst();
        long again = open(2);
        beat(again);

        holdBack = false;
        decide(fencing.id(), fencing.command());
        beat(again);

        assertThat(decided).hasExactlyElementsOfTypes(FenceNode.class, UnfenceNode.class);
        assertThat(fenced(2)).isFalse();
    }

    @Test
    void whatClientsSeeIsWhatTheSlowestLivingNodeShows() {
        var sessions = threeWithSessions();
        step(new Beat(sessions[0], 200, 180, false));
        step(new Beat(sessions[1], 200, 150, false));
        step(new Beat(sessions[2], 200, 170, false));
        assertThat(core.visibleIndex()).isEqualTo(150);

        step(new SessionBroken(sessions[1]));

        assertThat(core.visibleIndex()).isEqualTo(170);
    }

    @Test
    void theOffsetsTopicGrowsWithTheCluster() {
        var one = Images.after(Images.topic("__consumer_offsets", 1, 6, 3), Images.cluster(1));
        elected(one);
        long first = open(1);
        afterWith(100, first);
        apply(Images.node(2, 2, null));
        apply(Images.node(3, 3, null));
        long[] sessions = {first, open(2), open(3)};

        afterWith(SETTINGS.sessionTimeoutMs() + 500, sessions);

        var partitions = image.topic("__consumer_offsets").partitions();
        assertThat(partitions)
                .allSatisfy(partition ->
                        assertThat(partition.replicas()).containsExactlyInAnyOrder(1, 2, 3));
        assertThat(partitions.stream().map(partition -> partition.replicas().getFirst()))
                .containsExactlyInAnyOrder(1, 1, 2, 2, 3, 3);
        assertThat(decided.stream().filter(AlterReassignments.class::isInstance)).hasSize(1);
    }
}
