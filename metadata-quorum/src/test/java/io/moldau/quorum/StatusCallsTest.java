package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.moldau.proto.quorum.DescribeRequest;
import io.moldau.proto.quorum.QuorumDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusCallsTest {
    private static final QuorumStatus STATUS = new QuorumStatus(2, 7, 42, List.of(), List.of());

    /// What a caller hears: descriptions, and the status it ended with.
    private static final class Caller implements StreamObserver<QuorumDescription> {
        private final List<QuorumDescription> told = new ArrayList<>();
        private Status ended = Status.UNKNOWN;

        @Override
        public void onNext(QuorumDescription description) {
            told.add(description);
        }

        @Override
        public void onError(Throwable failure) {
            ended = Status.fromThrowable(failure);
        }

        @Override
        public void onCompleted() {
            ended = Status.OK;
        }
    }

    private static Caller ask(String clusterId, Optional<QuorumStatus> status) {
        var caller = new Caller();
        new StatusCalls("ours", () -> status)
                .describe(DescribeRequest.newBuilder().setClusterId(clusterId).build(), caller);
        return caller;
    }

    @Test
    void aNodeThatDoesNotTakePartYetSaysSo() {
        var caller = ask("ours", Optional.empty());

        assertThat(caller.ended.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(caller.told).isEmpty();
    }

    @Test
    void tellsWhatTheNodeKnows() {
        var caller = ask("ours", Optional.of(STATUS));

        assertThat(caller.ended.getCode()).isEqualTo(Status.Code.OK);
        assertThat(caller.told)
                .singleElement()
                .satisfies(told -> assertThat(StatusCalls.read(told)).isEqualTo(STATUS));
    }

    @Test
    void tellsNothingToAnotherCluster() {
        assertThat(ask("another", Optional.of(STATUS)).ended.getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
}
