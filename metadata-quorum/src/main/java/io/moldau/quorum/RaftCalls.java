package io.moldau.quorum;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/// Ratis's calls as gRPC calls between nodes. Each is a call of its own, so that a vote or a
/// heartbeat overtakes a large append on the same connection.
final class RaftCalls implements RaftLink.Calls {
    private static final Metadata.Key<String> SENDER =
            Metadata.Key.of("moldau-address", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> SENDER_ADDRESS = Context.key("moldau-address");
    private static final String SERVICE = "moldau.quorum.Raft";
    private static final long VOTE_TIMEOUT_MS = 1_000;
    private static final long HEARTBEAT_TIMEOUT_MS = 1_000;
    private static final long APPEND_TIMEOUT_MS = 10_000;
    private static final long SNAPSHOT_TIMEOUT_MS = 30_000;

    /// An append that takes longer is accompanied by heartbeats.
    private static final long HEARTBEAT_INTERVAL_MS = 250;

    private static final MethodDescriptor<RequestVoteRequestProto, RequestVoteReplyProto> VOTE =
            method(
                    "RequestVote",
                    RequestVoteRequestProto.getDefaultInstance(),
                    RequestVoteReplyProto.getDefaultInstance());
    private static final MethodDescriptor<AppendEntriesRequestProto, AppendEntriesReplyProto>
            APPEND =
                    method(
                            "AppendEntries",
                            AppendEntriesRequestProto.getDefaultInstance(),
                            AppendEntriesReplyProto.getDefaultInstance());
    private static final MethodDescriptor<InstallSnapshotRequestProto, InstallSnapshotReplyProto>
            SNAPSHOT =
                    method(
                            "InstallSnapshot",
                            InstallSnapshotRequestProto.getDefaultInstance(),
                            InstallSnapshotReplyProto.getDefaultInstance());
    private static final MethodDescriptor<
                    StartLeaderElectionRequestProto, StartLeaderElectionReplyProto>
            ELECT =
                    method(
                            "StartLeaderElection",
                            StartLeaderElectionRequestProto.getDefaultInstance(),
                            StartLeaderElectionReplyProto.getDefaultInstance());

    private final PeerChannels channels;
    private final Addresses addresses;
    private final RaftLink link;
    private final ClientInterceptor signature;

    /// @param own where this node is reached; said with every call, so that one that comes back
    ///   elsewhere is found when it asks for votes: it cannot register before the leader reaches it
    RaftCalls(
            PeerChannels channels, Addresses addresses, RaftLink link, @Nullable PeerAddress own) {
        this.channels = channels;
        this.addresses = addresses;
        this.link = link;
        var headers = new Metadata();
        if (own != null) {
            headers.put(SENDER, own.toString());
        }
        this.signature = MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static <Q extends MessageLite, A extends MessageLite> MethodDescriptor<Q, A> method(
            String name, Q request, A reply) {
        return MethodDescriptor.newBuilder(new RaftMessages<>(request), new RaftMessages<>(reply))
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        return await(start(VOTE, request, request.getServerRequest(), VOTE_TIMEOUT_MS));
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(
            StartLeaderElectionRequestProto request) throws IOException {
        return await(start(ELECT, request, request.getServerRequest(), VOTE_TIMEOUT_MS));
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
            throws IOException {
        return await(start(SNAPSHOT, request, request.getServerRequest(), SNAPSHOT_TIMEOUT_MS));
    }

    /// A slow disk at the other end must not look like a dead node: while it writes, heartbeats
    /// keep both sides from giving the other up.
    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
            throws IOException {
        if (request.getEntriesCount() == 0) {
            return await(append(request, HEARTBEAT_TIMEOUT_MS));
        }
        var reply = append(request, APPEND_TIMEOUT_MS);
        var beating = new AtomicBoolean();
        while (true) {
            try {
                var given = reply.get(HEARTBEAT_INTERVAL_MS, TimeUnit.MILLISECONDS);
                link.appended(target(request.getServerRequest()), request, given);
                return given;
            } catch (TimeoutException slow) {
                if (beating.compareAndSet(false, true)) {
                    beat(request, beating);
                }
            } catch (ExecutionException failed) {
                throw unwrapped(failed);
            } catch (InterruptedException stopped) {
                reply.cancel(true);
                throw interrupted(stopped);
            }
        }
    }

    private void beat(AppendEntriesRequestProto request, AtomicBoolean beating) throws IOException {
        var heartbeat = request.toBuilder().clearEntries().build();
        var reply = append(heartbeat, HEARTBEAT_TIMEOUT_MS);
        reply.addListener(
                () -> {
                    beating.set(false);
                    var follower = link.follower(target(request.getServerRequest()));
                    if (follower != null && reply.state() == ListenableFuture.State.SUCCESS) {
                        follower.updateLastRpcResponseTime();
                    }
                },
                MoreExecutors.directExecutor());
    }

    @Override
    public void tell(AppendEntriesRequestProto news) {
        try {
            var _ = append(news, HEARTBEAT_TIMEOUT_MS);
        } catch (IOException unreachable) {
            // The next heartbeat tells it, or whoever leads then.
            return;
        }
    }

    private ListenableFuture<AppendEntriesReplyProto> append(
            AppendEntriesRequestProto request, long timeoutMs) throws IOException {
        return start(APPEND, request, request.getServerRequest(), timeoutMs);
    }

    private static RaftPeerId target(RaftRpcRequestProto request) {
        return RaftPeerId.valueOf(request.getReplyId());
    }

    private <Q, A> ListenableFuture<A> start(
            MethodDescriptor<Q, A> method, Q request, RaftRpcRequestProto header, long timeoutMs)
            throws IOException {
        try {
            var dialled = channels.to(addresses.of(target(header)));
            var channel = ClientInterceptors.intercept(dialled, signature);
            var options =
                    CallOptions.DEFAULT
                            .withExecutor(MoreExecutors.directExecutor())
                            .withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
            return ClientCalls.futureUnaryCall(channel.newCall(method, options), request);
        } catch (RuntimeException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private static <A> A await(ListenableFuture<A> reply) throws IOException {
        try {
            return reply.get();
        } catch (ExecutionException failed) {
            throw unwrapped(failed);
        } catch (InterruptedException stopped) {
            reply.cancel(true);
            throw interrupted(stopped);
        }
    }

    private static IOException unwrapped(ExecutionException failed) {
        var cause = failed.getCause();
        // Without its stack: a peer that is down is told of again and again.
        return cause instanceof StatusRuntimeException refused
                ? new IOException(refused.getStatus().toString())
                : new IOException(cause);
    }

    private static InterruptedIOException interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        var wrapped = new InterruptedIOException("the call was given up");
        wrapped.initCause(stopped);
        return wrapped;
    }

    /// What this node answers to the others.
    ServerServiceDefinition service() {
        return ServerInterceptors.intercept(methods(), new SenderReader());
    }

    private static final class SenderReader implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            var sender = Context.current().withValue(SENDER_ADDRESS, headers.get(SENDER));
            return Contexts.interceptCall(sender, call, headers, next);
        }
    }

    private ServerServiceDefinition methods() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(
                        VOTE,
                        ServerCalls.asyncUnaryCall((request, reply) ->
                                answer(
                                        request.getServerRequest(),
                                        reply,
                                        server -> server.requestVote(request))))
                .addMethod(
                        ELECT,
                        ServerCalls.asyncUnaryCall((request, reply) ->
                                answer(
                                        request.getServerRequest(),
                                        reply,
                                        server -> server.startLeaderElection(request))))
                .addMethod(
                        SNAPSHOT,
                        ServerCalls.asyncUnaryCall((request, reply) ->
                                answer(
                                        request.getServerRequest(),
                                        reply,
                                        server -> server.installSnapshot(request))))
                .addMethod(APPEND, ServerCalls.asyncUnaryCall(this::answerAppend))
                .build();
    }

    private interface Answer<A> {
        A by(RaftServerProtocol server) throws IOException;
    }

    private <A> void answer(RaftRpcRequestProto header, StreamObserver<A> reply, Answer<A> answer) {
        A given;
        try {
            given = answer.by(meant(header));
        } catch (IOException | RuntimeException refused) {
            refuse(reply, refused);
            return;
        }
        reply.onNext(given);
        reply.onCompleted();
    }

    /// No thread waits for the disk meanwhile.
    private void answerAppend(
            AppendEntriesRequestProto request, StreamObserver<AppendEntriesReplyProto> reply) {
        try {
            var _ =
                    meant(request.getServerRequest())
                            .appendEntriesAsync(request)
                            .whenComplete((given, failure) -> {
                                if (failure == null) {
                                    reply.onNext(given);
                                    reply.onCompleted();
                                } else {
                                    refuse(reply, failure);
                                }
                            });
        } catch (IOException | RuntimeException refused) {
            refuse(reply, refused);
        }
    }

    private static void refuse(StreamObserver<?> reply, Throwable refused) {
        reply.onError(
                Status.FAILED_PRECONDITION
                        .withDescription(refused.toString())
                        .asRuntimeException());
    }

    /// The server that the call is for, and its sender's address noted.
    private RaftServer meant(RaftRpcRequestProto header) throws IOException {
        var server = link.server();
        checkMeant(server.getId(), header.getReplyId());
        var sender = SENDER_ADDRESS.get();
        if (sender != null) {
            addresses.heardFrom(
                    RaftPeerId.valueOf(header.getRequestorId()), PeerAddress.parse(sender, 0));
        }
        return server;
    }

    /// An address may have gone to another peer: a node with a new disk, or another node.
    private static void checkMeant(RaftPeerId self, ByteString meant) throws IOException {
        if (!RaftPeerId.valueOf(meant).equals(self)) {
            throw new IOException("this is %s, not %s".formatted(self, RaftPeerId.valueOf(meant)));
        }
    }
}
