package io.moldau.quorum.session;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.moldau.proto.cluster.AwaitVisibleRequest;
import io.moldau.proto.cluster.AwaitVisibleResponse;
import io.moldau.proto.cluster.FromController;
import io.moldau.proto.cluster.FromNode;
import io.moldau.proto.cluster.SessionsGrpc.SessionsImplBase;
import io.moldau.quorum.session.SessionHost.Answer;
import io.moldau.quorum.session.SessionHost.Beat;
import io.moldau.quorum.session.SessionHost.Guest;
import io.moldau.quorum.session.SessionHost.Handle;
import io.moldau.quorum.session.SessionHost.Hello;
import io.moldau.quorum.session.SessionHost.SessionEnd;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The host's sessions for nodes that come over the network.
public final class SessionService extends SessionsImplBase {
    private final SessionHost host;
    private final Supplier<String> clusterId;

    public SessionService(SessionHost host, Supplier<String> clusterId) {
        this.host = host;
        this.clusterId = clusterId;
    }

    @Override
    public StreamObserver<FromNode> session(StreamObserver<FromController> answers) {
        var visitor = new Visitor(answers);
        // Without a handler, an answer to a node that has just gone would be an exception.
        ((ServerCallStreamObserver<FromController>) answers).setOnCancelHandler(visitor::leave);
        return visitor;
    }

    /// One stream.
    private final class Visitor implements StreamObserver<FromNode>, Guest {
        private final StreamObserver<FromController> answers;
        private @Nullable Handle handle;
        private boolean ended;

        private Visitor(StreamObserver<FromController> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(FromNode message) {
            switch (message.getKindCase()) {
                case HELLO -> onHello(message.getHello());
                case BEAT -> onBeat(message.getBeat());
                case KIND_NOT_SET -> refuse(Status.INVALID_ARGUMENT.withDescription("empty"));
            }
        }

        private void onHello(io.moldau.proto.cluster.Hello hello) {
            if (!hello.getClusterId().equals(clusterId.get())) {
                refuse(
                        Status.PERMISSION_DENIED.withDescription(
                                "This is cluster %s; node %d belongs to %s."
                                        .formatted(
                                                clusterId.get(),
                                                hello.getNodeId(),
                                                hello.getClusterId())));
                return;
            }
            var incarnation =
                    new Uuid(hello.getIncarnation().getHigh(), hello.getIncarnation().getLow());
            handle =
                    host.open(
                            new Hello(hello.getNodeId(), incarnation, hello.getNodeEpoch()), this);
        }

        private void onBeat(io.moldau.proto.cluster.Beat beat) {
            if (handle == null) {
                refuse(Status.INVALID_ARGUMENT.withDescription("no hello"));
                return;
            }
            handle.beat(
                    new Beat(
                            beat.getAppliedIndex(),
                            beat.getVisibleIndex(),
                            beat.getWantsShutdown()));
        }

        @Override
        public void onError(Throwable broken) {
            leave();
        }

        @Override
        public void onCompleted() {
            leave();
            finish();
        }

        private void leave() {
            if (handle != null) {
                handle.broken();
            }
        }

        @Override
        public synchronized void answer(Answer answer) {
            if (!ended) {
                answers.onNext(
                        FromController.newBuilder()
                                .setCommittedIndex(answer.committedIndex())
                                .setShutdownWaiting(answer.shutdownWaiting())
                                .build());
            }
        }

        @Override
        public void ended(SessionEnd why) {
            refuse(
                    switch (why) {
                        case NOT_CONTROLLER -> Status.FAILED_PRECONDITION;
                        case UNKNOWN_NODE -> Status.NOT_FOUND;
                        case REPLACED -> Status.ABORTED;
                        case BROKEN -> Status.CANCELLED;
                    });
        }

        private synchronized void refuse(Status status) {
            if (!ended) {
                ended = true;
                answers.onError(status.asRuntimeException());
            }
        }

        private synchronized void finish() {
            if (!ended) {
                ended = true;
                answers.onCompleted();
            }
        }
    }

    @Override
    public void awaitVisible(
            AwaitVisibleRequest request, StreamObserver<AwaitVisibleResponse> answer) {
        var _ =
                host.awaitVisible(request.getIndex(), request.getTimeoutMs())
                        .thenAccept(visible -> {
                            answer.onNext(
                                    AwaitVisibleResponse.newBuilder().setVisible(visible).build());
                            answer.onCompleted();
                        });
    }
}
