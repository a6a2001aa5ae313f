package io.moldau.quorum;

import io.grpc.stub.StreamObserver;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import io.moldau.proto.quorum.AppendReply;
import io.moldau.proto.quorum.AppendRequest;
import io.moldau.proto.quorum.ForwardGrpc;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/// The quorum's side towards the other nodes. All that knows gRPC hangs here, so that a node alone
/// need not load it.
final class PeerSide {
    private final PeerChannels channels;
    private final Addresses addresses;
    private final String clusterId;
    private final Supplier<Route> local;
    private @Nullable RemoteLog remote;
    private boolean closed;

    /// @param local the log of this node, which refuses when this node does not lead
    /// @param status the quorum as this node knows it; empty while it does not take part
    PeerSide(
            PeerServer server,
            PeerChannels channels,
            Addresses addresses,
            RaftLink link,
            String clusterId,
            @Nullable PeerAddress own,
            Supplier<Route> local,
            Supplier<Optional<QuorumStatus>> status) {
        this.channels = channels;
        this.addresses = addresses;
        this.clusterId = clusterId;
        this.local = local;
        var calls = new RaftCalls(channels, addresses, link, own);
        link.open(calls);
        server.serve(calls.service());
        server.serve(new Forwarded().bindService());
        server.serve(new StatusCalls(clusterId, status).bindService());
    }

    CompletableFuture<QuorumStatus> statusAt(RaftPeerId leader) {
        return StatusCalls.ask(channels.to(addresses.of(leader)), clusterId);
    }

    /// The way to the log of the node that leads; the one to an earlier leader is given up.
    synchronized @Nullable Route to(RaftPeerId leader) {
        var open = remote;
        if (open != null && open.isOpenTo(leader)) {
            return open;
        }
        if (open != null) {
            open.close();
        }
        if (closed) {
            return null;
        }
        try {
            remote = new RemoteLog(leader, channels.to(addresses.of(leader)), clusterId);
        } catch (RuntimeException unreachable) {
            remote = null; // Nobody knows yet where it is, or this node is about to stop.
        }
        return remote;
    }

    synchronized void close() {
        closed = true;
        var open = remote;
        if (open != null) {
            open.close();
        }
    }

    /// Brings the entries of other nodes into this one's log.
    private final class Forwarded extends ForwardGrpc.ForwardImplBase {
        @Override
        public StreamObserver<AppendRequest> append(StreamObserver<AppendReply> replies) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AppendRequest request) {
                    bring(request, replies);
                }

                @Override
                public void onError(Throwable gone) {
                    // What it brought may still be decided; it will look for that itself.
                }

                @Override
                public void onCompleted() {
                    synchronized (replies) {
                        replies.onCompleted();
                    }
                }
            };
        }
    }

    private void bring(AppendRequest request, StreamObserver<AppendReply> replies) {
        if (!request.getClusterId().equals(clusterId)) {
            reply(request, -1, "this is cluster " + clusterId, replies);
            return;
        }
        var entry = UnsafeByteOperations.unsafeWrap(request.getEntry().asReadOnlyByteBuffer());
        if (entry.size() < Batch.HEADER_BYTES) {
            reply(request, -1, "the entry is cut off", replies);
            return;
        }
        var _ =
                local.get()
                        .append(Message.valueOf(entry))
                        .whenComplete((index, failure) ->
                                reply(
                                        request,
                                        index == null ? -1 : index,
                                        failure == null ? "" : failure.toString(),
                                        replies));
    }

    private static void reply(
            AppendRequest request,
            long index,
            String failure,
            StreamObserver<AppendReply> replies) {
        var reply =
                AppendReply.newBuilder()
                        .setNumber(request.getNumber())
                        .setIndex(index)
                        .setFailure(failure)
                        .build();
        synchronized (replies) {
            try {
                replies.onNext(reply);
            } catch (RuntimeException goneMeanwhile) {
                // The sender has seen the stream end, and asks again.
                return;
            }
        }
    }
}
