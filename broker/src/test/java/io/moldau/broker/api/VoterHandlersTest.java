package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.api.VoterChanges.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class VoterHandlersTest {
    private static final Uuid DIRECTORY = new Uuid(1, 2);
    private static final Result DONE = new Result(Errors.NONE, "");

    private final AdminRig rig = new AdminRig();
    private final Quorum quorum = new Quorum();

    /// Notes what it is asked, and answers what it was told to.
    private static final class Quorum implements VoterChanges {
        private final List<String> asked = new ArrayList<>();
        private Result answer = DONE;

        private CompletableFuture<Result> note(String what) {
            asked.add(what);
            return CompletableFuture.completedFuture(answer);
        }

        @Override
        public CompletableFuture<Result> addVoter(int nodeId, Optional<Uuid> directoryId) {
            return note("add %d %s".formatted(nodeId, directoryId.map(Uuid::toString).orElse("")));
        }

        @Override
        public CompletableFuture<Result> removeVoter(int nodeId, Optional<Uuid> directoryId) {
            return note("remove %d".formatted(nodeId));
        }

        @Override
        public CompletableFuture<Result> expel(int nodeId) {
            return note("expel %d".formatted(nodeId));
        }
    }

    @Test
    void aListenerIsMadeAVoterAtEveryVersion() {
        var handler = new AddRaftVoterHandler(rig.metadata, quorum);
        for (int version = 0; version <= 1; version++) {
            var request =
                    new AddRaftVoterRequestData()
                            .setVoterId(2)
                            .setVoterDirectoryId(DIRECTORY)
                            .setClusterId(rig.image().clusterId());
            assertThat(error(call(handler, version, request).errorCode())).isEqualTo(Errors.NONE);
        }
        assertThat(quorum.asked).containsExactly("add 2 " + DIRECTORY, "add 2 " + DIRECTORY);
    }

    @Test
    void theQuorumsRefusalIsTold() {
        // given
        quorum.answer = new Result(Errors.VOTER_NOT_FOUND, "Node 9 is no voter.");
        var handler = new RemoveRaftVoterHandler(rig.metadata, quorum);

        // when
        var answer = call(handler, 0, new RemoveRaftVoterRequestData().setVoterId(9));

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.VOTER_NOT_FOUND);
        assertThat(answer.errorMessage()).isEqualTo("Node 9 is no voter.");
    }

    @Test
    void whatIsMeantForAnotherClusterIsRefused() {
        var handler = new RemoveRaftVoterHandler(rig.metadata, quorum);
        var request = new RemoveRaftVoterRequestData().setVoterId(1).setClusterId("another");

        var answer = call(handler, 0, request);

        assertThat(error(answer.errorCode())).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(quorum.asked).isEmpty();
    }

    @Test
    void aNodeIsForgottenOnceItIsNoMemberAnyMore() {
        // given
        rig.store.withNode(2).fence(2);
        var handler = new UnregisterBrokerHandler(rig.metadata, quorum);

        // when
        var answer = call(handler, 0, new UnregisterBrokerRequestData().setBrokerId(2));

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(quorum.asked).containsExactly("expel 2");
        assertThat(rig.image().node(2)).isNull();
    }

    @Test
    void aNodeThatCannotLeaveTheQuorumIsKept() {
        // given
        quorum.answer = new Result(Errors.INVALID_REQUEST, "Node 2 is the only voter.");
        rig.store.withNode(2);
        var handler = new UnregisterBrokerHandler(rig.metadata, quorum);

        // when
        var answer = call(handler, 0, new UnregisterBrokerRequestData().setBrokerId(2));

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(rig.image().node(2)).isNotNull();
    }

    @Test
    void anUnknownNodeCannotBeForgotten() {
        var handler = new UnregisterBrokerHandler(rig.metadata, quorum);

        var answer = call(handler, 0, new UnregisterBrokerRequestData().setBrokerId(77));

        assertThat(error(answer.errorCode())).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(quorum.asked).isEmpty();
    }
}
