package io.moldau.quorum.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.peer.PeerAddress;
import io.moldau.quorum.bootstrap.Admission.Decision;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Uuid NEW = new Uuid(9, 9);
    private static final OptionalInt ANY = OptionalInt.empty();

    private final FakeMembers members = new FakeMembers();

    private final Reservations promised = new Reservations();

    private static PeerAddress at(String host) {
        return new PeerAddress(host, 9094);
    }

    private static Peer peer(int nodeId, long directory, String host) {
        return new Peer(nodeId, new Uuid(directory, directory), at(host));
    }

    private Decision decide(OptionalInt nodeId, String host) {
        return Admission.decide(new Admission.Applicant(NEW, nodeId, at(host)), members, promised);
    }

    @BeforeEach
    void threeNodes() {
        members.voters.addAll(List.of(peer(1, 1, "a"), peer(2, 2, "b"), peer(4, 4, "d")));
        members.taken.addAll(List.of(1, 2, 4, 5));
    }

    @Test
    void givesTheFirstNumberThatNobodyEverHad() {
        members.taken.add(3);

        assertThat(decide(ANY, "x")).isEqualTo(new Decision.Admit(new Peer(6, NEW, at("x"))));
    }

    @Test
    void whatWasPromisedToOneIsNotGivenToAnother() {
        promised.keep(peer(3, 3, "c"));

        assertThat(decide(ANY, "x")).isEqualTo(new Decision.Admit(new Peer(6, NEW, at("x"))));
        assertThat(decide(OptionalInt.of(3), "x")).isInstanceOf(Decision.Refuse.class);
    }

    @Test
    void whoeverAsksTwiceIsPromisedTheSame() {
        promised.keep(new Peer(3, NEW, at("x")));
        promised.keep(peer(6, 6, "f"));

        assertThat(decide(ANY, "x")).isEqualTo(new Decision.Admit(new Peer(3, NEW, at("x"))));
        assertThat(decide(OptionalInt.of(3), "x"))
                .isEqualTo(new Decision.Admit(new Peer(3, NEW, at("x"))));
    }

    @Test
    void keepsTheNumberThatIsAskedFor() {
        assertThat(decide(OptionalInt.of(9), "x"))
                .isEqualTo(new Decision.Admit(new Peer(9, NEW, at("x"))));
    }

    @Test
    void aSecondRequestOfOneNodeGetsTheSamePlace() {
        var known = new Peer(3, NEW, at("c"));
        members.listeners.add(known);

        assertThat(decide(OptionalInt.of(7), "moved")).isEqualTo(new Decision.Known(known));
    }

    @Test
    void whoeverListensWhereAnotherDidTakesItsPlace() {
        members.alive.add(2); // The controller has not noticed yet.

        assertThat(decide(ANY, "b"))
                .isEqualTo(new Decision.Replace(peer(2, 2, "b"), new Peer(2, NEW, at("b"))));
        assertThat(decide(OptionalInt.of(2), "b"))
                .isEqualTo(new Decision.Replace(peer(2, 2, "b"), new Peer(2, NEW, at("b"))));
    }

    @Test
    void aDeadNodesNumberMayMoveToAnotherAddress() {
        assertThat(decide(OptionalInt.of(2), "x"))
                .isEqualTo(new Decision.Replace(peer(2, 2, "b"), new Peer(2, NEW, at("x"))));
    }

    @Test
    void aLivingNodesNumberIsRefused() {
        members.alive.add(2);

        assertThat(decide(OptionalInt.of(2), "x"))
                .isInstanceOfSatisfying(
                        Decision.Refuse.class,
                        refusal -> assertThat(refusal.sentence()).contains("node.id=2", "b:9094"));
    }
}
