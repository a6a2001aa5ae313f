package io.moldau.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Members with a `group.instance.id` (KIP-345).
class StaticMembersTest {
    private final GroupRig rig = GroupRig.undelayed();

    @Test
    void joinWithTheirFirstCall() {
        // given
        var a = rig.staticClient("a");

        // when
        a.sendJoin();

        // then
        assertThat(a.join.error()).isEqualTo(Errors.NONE);
    }

    @Test
    void comeBackFromARestartWithoutARebalance() {
        // given
        var a = rig.staticClient("a");
        var b = rig.staticClient("b");
        rig.stable(a, b);
        int generation = a.generation();
        var idBefore = b.memberId;

        // when
        b.restarts().syncs();

        // then
        assertThat(b.memberId).isNotEqualTo(idBefore);
        assertThat(b.generation()).isEqualTo(generation);
        assertThat(b.assignment()).isEqualTo("share of " + idBefore);
        assertThat(a.heartbeats()).isEqualTo(Errors.NONE);
    }

    @Test
    void areToldTheirNewIdOnlyOnceItIsSaved() {
        // given
        var a = rig.staticClient("a");
        rig.stable(a);
        rig.holdSaves = true;

        // when
        a.restarts();
        boolean waited = a.join.waits();
        rig.completeSaves();

        // then
        assertThat(waited).isTrue();
        assertThat(rig.saved.getLast().members().getFirst().memberId())
                .isEqualTo(a.joined().memberId());
    }

    @Test
    void fenceWhoStillActsInTheirName() {
        // given
        var old = rig.staticClient("a");
        rig.stable(old);
        var restarted = rig.staticClient("a");

        // when
        restarted.joins();

        // then
        assertThat(old.heartbeats()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(old.commits()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(old.leaves("")).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(old.sendJoin().error()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(restarted.heartbeats()).isEqualTo(Errors.NONE);
    }

    @Test
    void fenceACallThatStillWaits() {
        // given
        var a = rig.client("a");
        rig.stable(a);
        var old = rig.staticClient("b").joins();
        var restarted = rig.staticClient("b");

        // when
        restarted.joins();

        // then
        assertThat(old.join.error()).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(restarted.join.waits()).isTrue();
    }

    @Test
    void aLeaderThatComesBackIsToldToSkipTheAssignment() {
        // given
        var a = rig.staticClient("a");
        var b = rig.staticClient("b");
        rig.stable(a, b);

        // when
        a.restarts();

        // then
        assertThat(a.leads()).isTrue();
        assertThat(a.joined().skipAssignment()).isTrue();
        assertThat(a.joined().members()).hasSize(2);
    }

    @Test
    void anOlderLeaderThatComesBackIsNotToldThatItLeads() {
        // given
        var a = rig.staticClient("a");
        a.skipsAssignment = false;
        rig.stable(a);
        var idBefore = a.memberId;

        // when
        a.restarts();

        // then
        assertThat(a.joined().leaderId()).isEqualTo(idBefore);
        assertThat(a.leads()).isFalse();
        assertThat(a.joined().members()).isEmpty();
    }

    @Test
    void rebalanceWhenTheyComeBackWithAnotherSubscription() {
        // given
        var a = rig.staticClient("a");
        var b = rig.staticClient("b");
        rig.stable(a, b);

        // when
        b.reading("t", "u").restarts();

        // then
        assertThat(b.join.waits()).isTrue();
        assertThat(a.heartbeats()).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void doNotRebalanceForAnAssignorsOwnNotes() {
        // given
        var a = rig.staticClient("a");
        a.protocols.put("range", GroupRig.subscription(ByteString.copyFromUtf8("owned t-0"), "t"));
        rig.stable(a);
        a.protocols.put("range", GroupRig.subscription("t"));

        // when
        a.restarts();

        // then
        assertThat(rig.group.isStable()).isTrue();
    }

    @Test
    void rebalanceWhenTheyComeBackWithAnotherProtocol() {
        // given
        var a = rig.staticClient("a").offering("range");
        rig.stable(a);

        // when
        a.offering("sticky", "range").restarts();

        // then
        assertThat(a.joined().protocolName()).contains("sticky");
        assertThat(a.generation()).isEqualTo(2);
    }

    @Test
    void rebalanceWhenTheyComeBackWhileTheLeaderAssigns() {
        // given
        var a = rig.staticClient("a");
        rig.stable(a);
        var b = rig.staticClient("b").joins();
        a.joins();

        // when
        b.restarts();

        // then
        assertThat(b.join.waits()).isTrue();
        assertThat(rig.group.stateName()).isEqualTo("PreparingRebalance");
    }

    @Test
    void keepTheirPlaceInARebalanceThatTheyMiss() {
        // given
        var a = rig.staticClient("a");
        a.sessionMs = 600_000;
        rig.stable(a);
        var b = rig.client("b").joins();

        // when
        rig.advance(GroupRig.REBALANCE_MS);

        // then
        b.takeId();
        assertThat(b.leads()).isTrue();
        assertThat(b.joined().members()).hasSize(2);
    }

    @Test
    void areNotExpectedToSyncAGenerationThatTheyMissed() {
        // given
        var a = rig.staticClient("a");
        a.sessionMs = 600_000;
        rig.stable(a);
        var b = rig.client("b");
        b.sessionMs = 600_000;
        b.joins();
        rig.advance(GroupRig.REBALANCE_MS);
        b.syncs();

        // when
        rig.advance(GroupRig.REBALANCE_MS);

        // then
        assertThat(b.heartbeats()).isEqualTo(Errors.NONE);
        assertThat(rig.group.members()).hasSize(2);
    }

    @Test
    void areNotOutForASyncOfTheGenerationBefore() {
        // given
        var a = rig.staticClient("a");
        a.sessionMs = 600_000;
        a.joins(); // It never asks for its share.
        var b = rig.client("b");
        b.sessionMs = 600_000;
        b.joins();
        rig.advance(GroupRig.REBALANCE_MS);
        b.syncs();

        // when
        rig.advance(GroupRig.REBALANCE_MS);

        // then
        assertThat(rig.group.members()).hasSize(2);
    }

    @Test
    void keepTheLeadOverARestartOfTheCoordinator() {
        // given
        var a = rig.staticClient("a");
        rig.stable(a, rig.staticClient("b"));
        a.restarts();

        // when
        rig.restart();

        // then
        assertThat(rig.group.leaderId()).contains(a.memberId);
    }

    @Test
    void leaveWhenTheirSessionEnds() {
        // given
        var a = rig.staticClient("a");
        rig.stable(a);

        // when
        rig.advance(GroupRig.SESSION_MS);

        // then
        assertThat(rig.group.stateName()).isEqualTo("Empty");
    }

    @Test
    void aloneAndAllAwayKeepTheGroupWaiting() {
        // given
        var a = rig.staticClient("a");
        a.sessionMs = 600_000;
        var b = rig.staticClient("b");
        rig.stable(a, b);

        // when
        rig.advance(GroupRig.REBALANCE_MS + GroupRig.SESSION_MS);

        // then
        assertThat(rig.group.stateName()).isEqualTo("PreparingRebalance");
        assertThat(rig.group.members()).hasSize(1);
    }

    @Test
    void anUnknownInstanceIsAnUnknownMember() {
        // given
        var a = rig.client("a");
        rig.stable(a);
        var stranger = rig.staticClient("s");
        stranger.memberId = "made-up";

        // when
        stranger.sendJoin();

        // then
        assertThat(stranger.join.error()).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
