package io.moldau.quorum.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand;
import io.moldau.quorum.controller.ControllerEffect.Promote;
import io.moldau.quorum.controller.ControllerEffect.Remove;
import io.moldau.quorum.controller.ControllerEvent.Member;
import io.moldau.quorum.controller.ControllerEvent.Membership;
import io.moldau.quorum.controller.ControllerEvent.MembershipChanged;
import io.moldau.quorum.controller.ControllerEvent.SessionBroken;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// Who votes in the quorum, as nodes come, go and stay away.
class VoterKeepingTest extends ControllerFixture {
    private Member member(int node) {
        return new Member(node, Objects.requireNonNull(image.node(node)).directoryId());
    }

    private List<Member> members(int... nodes) {
        return IntStream.of(nodes).mapToObj(this::member).toList();
    }

    /// A cluster of `nodes` living nodes, of which those given vote.
    private long[] voting(int nodes, int... voters) {
        elected(Images.cluster(nodes));
        long[] sessions = IntStream.rangeClosed(1, nodes).mapToLong(this::open).toArray();
        for (long session : sessions) {
            beat(session);
        }
        vote(nodes, voters);
        return sessions;
    }

    private void vote(int nodes, int... voters) {
        var listeners =
                IntStream.rangeClosed(1, nodes)
                        .filter(id -> IntStream.of(voters).noneMatch(voter -> voter == id))
                        .toArray();
        step(new MembershipChanged(new Membership(members(voters), members(listeners))));
    }

    @Test
    void makesTheFirstThreeNodesVoters() {
        var sessions = voting(3, 1);

        afterWith(100, sessions);
        vote(3, 1, 2);
        afterWith(100, sessions);
        vote(3, 1, 2, 3);
        afterWith(1_000, sessions);

        assertThat(effects.stream().filter(Promote.class::isInstance))
                .containsExactly(new Promote(member(2)), new Promote(member(3)));
    }

    /// With two voters nothing could be decided once either is gone.
    @Test
    void ofTwoNodesOneVotes() {
        afterWith(10_000, voting(2, 1));

        assertThat(all(Promote.class)).isEmpty();
    }

    @Test
    void fiveNodesHaveFiveVotersAndFourHaveThree() {
        afterWith(1_000, voting(4, 1, 2, 3));
        assertThat(all(Promote.class)).isEmpty();

        core = new ControllerCore(1, SETTINGS);
        afterWith(100, voting(5, 1, 2, 3));

        assertThat(all(Promote.class)).containsExactly(new Promote(member(4)));
    }

    @Test
    void doesNotAskANodeWhoseVoteAnOperatorTook() {
        var sessions = voting(4, 1, 2);
        apply(new MetadataCommand.ObserveOnly(3, true));

        afterWith(100, sessions);

        assertThat(all(Promote.class)).containsExactly(new Promote(member(4)));
    }

    @Test
    void replacesAVoterThatWasAwayForTooLong() {
        var sessions = voting(4, 1, 2, 3);
        step(new SessionBroken(sessions[1]));
        long[] living = {sessions[0], sessions[2], sessions[3]};
        afterWith(SETTINGS.replaceVoterAfterMs() - 1_000, living);
        assertThat(all(Promote.class)).isEmpty();

        afterWith(2_000, living);
        assertThat(all(Promote.class)).containsExactly(new Promote(member(4)));
        vote(4, 1, 2, 3, 4);
        afterWith(100, living);

        assertThat(all(Remove.class)).containsExactly(new Remove(member(2)));
    }

    @Test
    void keepsADeadVoterWhereNobodyCanTakeItsPlace() {
        var sessions = voting(3, 1, 2, 3);
        step(new SessionBroken(sessions[1]));

        afterWith(SETTINGS.replaceVoterAfterMs() * 2, sessions[0], sessions[2]);

        assertThat(all(Remove.class)).isEmpty();
    }

    @Test
    void dropsAVoterThatTheClusterHasForgotten() {
        var sessions = voting(3, 1, 2, 3);
        step(new SessionBroken(sessions[1]));
        var forgotten = member(2);
        apply(new MetadataCommand.UnregisterNode(2));

        afterWith(100, sessions[0], sessions[2]);

        assertThat(all(Remove.class)).containsExactly(new Remove(forgotten));
    }

    /// The founders have the quorum before it knows them.
    @Test
    void keepsAFoundingVoterThatHasNotRegisteredYet() {
        elected(Images.cluster(2));
        long[] sessions = {open(1), open(2)};
        var stranger = new Member(3, Uuid.randomUuid());
        var voters = List.of(member(1), member(2), stranger);
        step(new MembershipChanged(new Membership(voters, List.of())));

        afterWith(SETTINGS.replaceVoterAfterMs() / 2, sessions);

        assertThat(all(Remove.class)).isEmpty();
    }

    /// The node that comes instead votes before it has registered under its new disk.
    @Test
    void keepsAVoterThatComesInsteadOfALostDisk() {
        var sessions = voting(3, 1, 2, 3);
        step(new SessionBroken(sessions[1]));
        var reborn = new Member(2, new Uuid(22, 22));

        step(
                new MembershipChanged(
                        new Membership(List.of(member(1), reborn, member(3)), List.of())));
        afterWith(5_000, sessions[0], sessions[2]);

        assertThat(all(Remove.class)).isEmpty();
    }

    @Test
    void changesNothingThatTheLivingCouldNotCarry() {
        var sessions = voting(5, 1, 2, 3);
        step(new SessionBroken(sessions[1]));
        step(new SessionBroken(sessions[2]));

        afterWith(SETTINGS.replaceVoterAfterMs() * 2, sessions[0], sessions[3], sessions[4]);

        assertThat(all(Promote.class)).isEmpty();
        assertThat(all(Remove.class)).isEmpty();
    }
}
