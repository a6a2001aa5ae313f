package io.moldau.quorum;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.moldau.proto.quorum.DescribeRequest;
import io.moldau.proto.quorum.MemberState;
import io.moldau.proto.quorum.MembersGrpc;
import io.moldau.proto.quorum.QuorumDescription;
import io.moldau.quorum.QuorumStatus.Replica;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// The leader's view of the quorum, for nodes that do not lead: only a leader hears of every
/// member.
final class StatusCalls extends MembersGrpc.MembersImplBase {
    private static final long TIMEOUT_MS = 2_000;
    private static final int ID_BYTES = 2 * Long.BYTES;

    private final String clusterId;
    private final Supplier<Optional<QuorumStatus>> status;

    /// @param status the quorum as this node knows it; empty while it does not take part
    StatusCalls(String clusterId, Supplier<Optional<QuorumStatus>> status) {
        this.clusterId = clusterId;
        this.status = status;
    }

    static CompletableFuture<QuorumStatus> ask(Channel leader, String clusterId) {
        var answer = new CompletableFuture<QuorumStatus>();
        MembersGrpc.newStub(leader)
                .withDeadlineAfter(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .describe(
                        DescribeRequest.newBuilder().setClusterId(clusterId).build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(QuorumDescription description) {
                                answer.complete(read(description));
                            }

                            @Override
                            public void onError(Throwable failure) {
                                answer.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {
                                answer.completeExceptionally(
                                        new IllegalStateException("the leader said nothing"));
                            }
                        });
        return answer;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<QuorumDescription> replies) {
        if (!request.getClusterId().equals(clusterId)) {
            replies.onError(
                    Status.PERMISSION_DENIED
                            .withDescription("this is cluster " + clusterId)
                            .asRuntimeException());
            return;
        }
        var known = status.get();
        if (known.isEmpty()) {
            replies.onError(
                    Status.UNAVAILABLE
                            .withDescription("this node does not take part in the quorum yet")
                            .asRuntimeException());
            return;
        }
        replies.onNext(write(known.get()));
        replies.onCompleted();
    }

    static QuorumDescription write(QuorumStatus status) {
        return QuorumDescription.newBuilder()
                .setLeaderId(status.leaderId())
                .setTerm(status.leaderEpoch())
                .setCommittedIndex(status.highWatermark())
                .addAllVoters(status.voters().stream().map(StatusCalls::write).toList())
                .addAllObservers(status.observers().stream().map(StatusCalls::write).toList())
                .build();
    }

    private static MemberState write(Replica replica) {
        var id = ByteBuffer.allocate(ID_BYTES);
        id.putLong(replica.directoryId().getMostSignificantBits());
        id.putLong(replica.directoryId().getLeastSignificantBits());
        return MemberState.newBuilder()
                .setNodeId(replica.id())
                .setDirectoryId(ByteString.copyFrom(id.flip()))
                .setLogEndOffset(replica.logEndOffset())
                .setLastFetchTimestampMs(replica.lastFetchTimestampMs())
                .setLastCaughtUpTimestampMs(replica.lastCaughtUpTimestampMs())
                .build();
    }

    static QuorumStatus read(QuorumDescription description) {
        return new QuorumStatus(
                description.getLeaderId(),
                description.getTerm(),
                description.getCommittedIndex(),
                read(description.getVotersList()),
                read(description.getObserversList()));
    }

    private static List<Replica> read(List<MemberState> members) {
        return members.stream()
                .map(member -> {
                    var id = member.getDirectoryId().asReadOnlyByteBuffer();
                    return new Replica(
                            member.getNodeId(),
                            new Uuid(id.getLong(), id.getLong()),
                            member.getLogEndOffset(),
                            member.getLastFetchTimestampMs(),
                            member.getLastCaughtUpTimestampMs());
                })
                .toList();
    }
}
