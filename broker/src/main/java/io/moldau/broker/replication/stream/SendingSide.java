package io.moldau.broker.replication.stream;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.moldau.proto.replication.Hello;
import io.moldau.proto.replication.ReplicationGrpc;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What a node does as a leader: serves the streams of the nodes that follow it.
public final class SendingSide implements AutoCloseable {
    /// Bytes of records that may be under way to one follower's node.
    public static final int WINDOW_BYTES = 4 * 1024 * 1024;

    /// Finds a partition of this node, by any thread; null when it is not here.
    @FunctionalInterface
    public interface LedPartitions {
        @Nullable LedPartition find(Uuid topicId, int partition);
    }

    private final int nodeId;
    private final String clusterId;
    private final LedPartitions partitions;
    private final int windowBytes;
    private final AtomicLong sessions = new AtomicLong();
    private final Map<Integer, FollowerStream> streams = new ConcurrentHashMap<>();

    public SendingSide(int nodeId, String clusterId, LedPartitions partitions, int windowBytes) {
        this.nodeId = nodeId;
        this.clusterId = clusterId;
        this.partitions = partitions;
        this.windowBytes = windowBytes;
    }

    /// To be served where calls run on the event loop: nothing here blocks.
    public ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(ReplicationGrpc.SERVICE_NAME)
                .addMethod(
                        Wire.FOLLOW,
                        ServerCalls.asyncBidiStreamingCall(call ->
                                new FollowerStream(
                                        this, (ServerCallStreamObserver<RecordsFrame>) call)))
                .build();
    }

    LedPartitions partitions() {
        return partitions;
    }

    int windowBytes() {
        return windowBytes;
    }

    long nextSession() {
        return sessions.incrementAndGet();
    }

    /// One sentence for the follower's operator, or null.
    @Nullable String refusalOf(Hello hello) {
        if (!hello.getClusterId().equals(clusterId)) {
            return "node %d is of cluster %s, this one of %s"
                    .formatted(hello.getNodeId(), hello.getClusterId(), clusterId);
        }
        return hello.getLeaderId() == nodeId
                ? null
                : "this is node %d and not node %d".formatted(nodeId, hello.getLeaderId());
    }

    /// A node that dials again has lost its older stream, whether this end knows or not.
    void onBegun(FollowerStream stream) {
        var older = streams.put(stream.nodeId(), stream);
        if (older != null) {
            older.cut();
        }
    }

    void onEnded(FollowerStream stream) {
        streams.remove(stream.nodeId(), stream);
    }

    @Override
    public void close() {
        streams.values().forEach(FollowerStream::cut);
    }
}
