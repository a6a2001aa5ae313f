package io.moldau.quorum.bootstrap;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.proto.membership.GreetRequest;
import io.moldau.proto.membership.MembershipGrpc;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Asks nodes who they are.
final class Greeter {
    private final PeerChannels channels;

    Greeter(PeerChannels channels) {
        this.channels = channels;
    }

    /// What became of a question.
    sealed interface Reply {
        record Answered(Greeting greeting) implements Reply {}

        /// @param why in a few words
        record Unanswered(String why) implements Reply {}
    }

    /// Never fails.
    CompletableFuture<Reply> ask(PeerAddress address, long timeoutMs) {
        var reply = new CompletableFuture<Reply>();
        var request = GreetRequest.newBuilder().setDialled(Wire.of(address)).build();
        MembershipGrpc.newStub(channels.to(address))
                .withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS)
                .greet(
                        request,
                        new StreamObserver<>() {
                            @Override
                            public void onNext(io.moldau.proto.membership.Greeting greeting) {
                                reply.complete(new Reply.Answered(Wire.from(greeting)));
                            }

                            @Override
                            public void onError(Throwable failure) {
                                reply.complete(new Reply.Unanswered(why(failure)));
                            }

                            @Override
                            public void onCompleted() {
                                reply.complete(new Reply.Unanswered("empty answer"));
                            }
                        });
        return reply;
    }

    private static String why(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return switch (root) {
            case java.net.UnknownHostException _ -> "unknown host";
            case java.net.ConnectException refused
                    when String.valueOf(refused.getMessage())
                            .toLowerCase(Locale.ROOT)
                            .contains("refused") ->
                    "connection refused";
            default -> {
                var status = Status.fromThrowable(failure);
                yield status.getCode() == Status.Code.DEADLINE_EXCEEDED
                        ? "no answer"
                        : status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            }
        };
    }
}
