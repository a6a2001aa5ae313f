package io.moldau.quorum.session;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.moldau.proto.cluster.AwaitVisibleRequest;
import io.moldau.proto.cluster.AwaitVisibleResponse;
import io.moldau.proto.cluster.FromController;
import io.moldau.proto.cluster.FromNode;
import io.moldau.proto.cluster.SessionsGrpc;
import io.moldau.proto.metadata.Uuid;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The controller on another node.
final class RemoteHost implements SessionHost {
    private static final long NETWORK_MS = 500;

    private final Channel channel;
    private final String clusterId;

    RemoteHost(Channel channel, String clusterId) {
        this.channel = channel;
        this.clusterId = clusterId;
    }

    @Override
    public Handle open(Hello hello, Guest guest) {
        var requests = SessionsGrpc.newStub(channel).session(new Answers(guest));
        requests.onNext(
                FromNode.newBuilder()
                        .setHello(
                                io.moldau.proto.cluster.Hello.newBuilder()
                                        .setClusterId(clusterId)
                                        .setNodeId(hello.nodeId())
                                        .setIncarnation(
                                                Uuid.newBuilder()
                                                        .setHigh(
                                                                hello.incarnation()
                                                                        .getMostSignificantBits())
                                                        .setLow(
                                                                hello.incarnation()
                                                                        .getLeastSignificantBits()))
                                        .setNodeEpoch(hello.nodeEpoch()))
                        .build());
        return new Requests(requests);
    }

    private record Requests(StreamObserver<FromNode> requests) implements Handle {
        @Override
        public void beat(Beat beat) {
            requests.onNext(
                    FromNode.newBuilder()
                            .setBeat(
                                    io.moldau.proto.cluster.Beat.newBuilder()
                                            .setAppliedIndex(beat.appliedIndex())
                                            .setVisibleIndex(beat.visibleIndex())
                                            .setWantsShutdown(beat.wantsShutdown()))
                            .build());
        }

        @Override
        public void broken() {
            requests.onError(Status.CANCELLED.asRuntimeException());
        }
    }

    private record Answers(Guest guest) implements StreamObserver<FromController> {
        @Override
        public void onNext(FromController message) {
            guest.answer(new Answer(message.getCommittedIndex(), message.getShutdownWaiting()));
        }

        @Override
        public void onError(Throwable failure) {
            guest.ended(
                    switch (Status.fromThrowable(failure).getCode()) {
                        case FAILED_PRECONDITION -> SessionEnd.NOT_CONTROLLER;
                        case NOT_FOUND -> SessionEnd.UNKNOWN_NODE;
                        case ABORTED -> SessionEnd.REPLACED;
                        default -> SessionEnd.BROKEN;
                    });
        }

        @Override
        public void onCompleted() {
            guest.ended(SessionEnd.BROKEN);
        }
    }

    @Override
    public CompletableFuture<Boolean> awaitVisible(long index, long timeoutMs) {
        var visible = new CompletableFuture<Boolean>();
        SessionsGrpc.newStub(channel)
                .withDeadlineAfter(timeoutMs + NETWORK_MS, TimeUnit.MILLISECONDS)
                .awaitVisible(
                        AwaitVisibleRequest.newBuilder()
                                .setIndex(index)
                                .setTimeoutMs((int) timeoutMs)
                                .build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(AwaitVisibleResponse answer) {
                                visible.complete(answer.getVisible());
                            }

                            @Override
                            public void onError(Throwable failure) {
                                visible.complete(false);
                            }

                            @Override
                            public void onCompleted() {
                                visible.complete(false);
                            }
                        });
        return visible;
    }
}
