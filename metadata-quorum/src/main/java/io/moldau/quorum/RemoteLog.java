package io.moldau.quorum;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.moldau.proto.quorum.AppendReply;
import io.moldau.proto.quorum.AppendRequest;
import io.moldau.proto.quorum.ForwardGrpc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftPeerId;

/// The log of the node that leads, over one stream to it. When the stream ends, all that is under
/// way on it has an unknown end.
final class RemoteLog implements Route, StreamObserver<AppendReply> {
    private final RaftPeerId leader;
    private final String clusterId;
    private final StreamObserver<AppendRequest> requests;
    private final Map<Long, CompletableFuture<Long>> underWay = new HashMap<>();
    private long lastNumber;
    private boolean ended;

    RemoteLog(RaftPeerId leader, Channel channel, String clusterId) {
        this.leader = leader;
        this.clusterId = clusterId;
        this.requests = ForwardGrpc.newStub(channel).append(this);
    }

    synchronized boolean isOpenTo(RaftPeerId peer) {
        return !ended && leader.equals(peer);
    }

    @Override
    public CompletableFuture<Long> append(Message entry) {
        var future = new CompletableFuture<Long>();
        synchronized (this) {
            if (ended) {
                return CompletableFuture.failedFuture(lost());
            }
            underWay.put(++lastNumber, future);
            requests.onNext(
                    AppendRequest.newBuilder()
                            .setClusterId(clusterId)
                            .setNumber(lastNumber)
                            .setEntry(
                                    UnsafeByteOperations.unsafeWrap(
                                            entry.getContent().asReadOnlyByteBuffer()))
                            .build());
        }
        return future;
    }

    @Override
    public void onNext(AppendReply reply) {
        CompletableFuture<Long> future;
        synchronized (this) {
            future = underWay.remove(reply.getNumber());
        }
        if (future == null) {
            return;
        }
        if (reply.getFailure().isEmpty()) {
            future.complete(reply.getIndex());
        } else {
            future.completeExceptionally(new QuorumUnavailableException(reply.getFailure()));
        }
    }

    @Override
    public void onError(Throwable broken) {
        end();
    }

    @Override
    public void onCompleted() {
        end();
    }

    private void end() {
        List<CompletableFuture<Long>> left;
        synchronized (this) {
            ended = true;
            left = List.copyOf(underWay.values());
            underWay.clear();
        }
        left.forEach(future -> future.completeExceptionally(lost()));
    }

    private QuorumUnavailableException lost() {
        return new QuorumUnavailableException(
                "the connection to %s, which leads the metadata quorum, broke".formatted(leader));
    }

    void close() {
        synchronized (this) {
            if (!ended) {
                ended = true;
                requests.onError(new QuorumUnavailableException("another node leads"));
            }
        }
        end();
    }
}
