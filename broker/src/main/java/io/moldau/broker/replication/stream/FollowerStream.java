package io.moldau.broker.replication.stream;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.moldau.broker.shard.Shard;
import io.moldau.proto.replication.Ack;
import io.moldau.proto.replication.Doubt;
import io.moldau.proto.replication.FollowerFrame;
import io.moldau.proto.replication.Hello;
import io.moldau.proto.replication.LeaderHeader;
import io.moldau.proto.replication.Open;
import io.moldau.proto.replication.Refused;
import io.moldau.proto.replication.Update;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// The leader's end of the stream to one follower's node.
///
/// What arrives is handed to the partitions' shards at once; what their shards send is put in one
/// row. Bytes of records that were sent and not yet taken are bounded, so a follower that is slow
/// or stuck holds no more memory than that.
final class FollowerStream implements StreamObserver<FollowerFrame> {
    /// What gRPC may hold for a socket that is not written to.
    private static final int READY_BYTES = 512 * 1024;

    private static final OutgoingFrame EMPTY =
            new OutgoingFrame(LeaderHeader.getDefaultInstance(), Unpooled.EMPTY_BUFFER);

    private final SendingSide side;
    private final ServerCallStreamObserver<RecordsFrame> call;
    private final Map<Integer, Cursor> cursors = new ConcurrentHashMap<>();
    private final Map<Shard, ShardSender> senders = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<OutgoingFrame> outbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger toSend = new AtomicInteger();
    private final AtomicInteger sentUnsettled = new AtomicInteger();
    private long consumedBytes;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Hello hello;
    private volatile Status refusal;

    FollowerStream(SendingSide side, ServerCallStreamObserver<RecordsFrame> call) {
        this.side = side;
        this.call = call;
        call.setOnReadyThreshold(READY_BYTES);
        call.setOnReadyHandler(this::unblock);
        call.setOnCancelHandler(this::end);
        send(EMPTY); // The stream stands.
    }

    int nodeId() {
        return hello.getNodeId();
    }

    long nodeEpoch() {
        return hello.getNodeEpoch();
    }

    /// Bytes of records that may be sent now. Any thread.
    int credit() {
        return call.isReady() ? side.windowBytes() - sentUnsettled.get() : 0;
    }

    /// Sends `frame` behind what was sent before, and frees it. Whichever thread finds the row
    /// unattended sends for all. Any thread.
    void send(OutgoingFrame frame) {
        sentUnsettled.addAndGet(frame.recordsBytes());
        outbox.add(frame);
        if (toSend.getAndIncrement() > 0) {
            return;
        }
        do {
            sendNow(outbox.poll());
        } while (toSend.decrementAndGet() > 0);
    }

    private void sendNow(OutgoingFrame frame) {
        if (!ended.get()) {
            call.onNext(frame);
            return;
        }
        frame.close();
        if (refusal != null) {
            call.onError(refusal.asRuntimeException());
            refusal = null;
        }
    }

    @Override
    public void onNext(FollowerFrame frame) {
        if (frame.hasHello() && !begin(frame.getHello())) {
            return;
        }
        if (hello == null) {
            fail("the first frame says not who follows");
            return;
        }
        frame.getDoubtsList().forEach(this::doubt); // Before the handle is closed.
        frame.getClosedList().forEach(this::close);
        frame.getOpensList().forEach(this::open);
        acknowledge(frame.getAcksList());
        settle(frame.getConsumedBytes());
    }

    private boolean begin(Hello first) {
        var refusal = side.refusalOf(first);
        if (refusal != null) {
            fail(refusal);
            return false;
        }
        hello = first;
        side.onBegun(this);
        return true;
    }

    private void open(Open open) {
        var topicId = new Uuid(open.getTopicId().getHigh(), open.getTopicId().getLow());
        var partition = side.partitions().find(topicId, open.getPartition());
        if (partition == null) {
            send(refusal(open.getHandle(), Errors.UNKNOWN_TOPIC_ID));
            return;
        }
        var shard = partition.shard();
        var sender = senders.computeIfAbsent(shard, key -> new ShardSender(key, this));
        var cursor = new Cursor(this, sender, partition, open.getHandle(), side.nextSession());
        cursors.put(open.getHandle(), cursor);
        shard.offer(() -> {
            // Once the follower has a newer stream, a late frame of this one must not take its
            // place.
            if (!ended.get()) {
                partition.onOpened(
                        cursor,
                        open.getLeaderEpoch(),
                        open.getFetchOffset(),
                        open.getLastFetchedEpoch());
            }
        });
        if (ended.get()) { // It may have missed the end's round.
            close(open.getHandle());
        }
    }

    private static OutgoingFrame refusal(int handle, Errors error) {
        var refused = Refused.newBuilder().setError(error.code()).setLeaderEpoch(-1);
        var update = Update.newBuilder().setHandle(handle).setLeaderEpoch(-1).setRefused(refused);
        return new OutgoingFrame(
                LeaderHeader.newBuilder().addUpdates(update).build(), Unpooled.EMPTY_BUFFER);
    }

    private void acknowledge(List<Ack> acks) {
        if (acks.size() == 1) { // The usual case.
            var ack = acks.getFirst();
            var cursor = cursors.get(ack.getHandle());
            if (cursor != null) {
                cursor.partition().shard().offer(() -> acknowledged(cursor, ack));
            }
            return;
        }
        var byShard = new IdentityHashMap<Shard, List<Ack>>();
        for (var ack : acks) {
            var cursor = cursors.get(ack.getHandle());
            if (cursor != null) {
                byShard.computeIfAbsent(cursor.partition().shard(), _ -> new ArrayList<>())
                        .add(ack);
            }
        }
        byShard.forEach((shard, some) ->
                shard.offer(() -> {
                    for (var ack : some) {
                        var cursor = cursors.get(ack.getHandle());
                        if (cursor != null) {
                            acknowledged(cursor, ack);
                        }
                    }
                }));
    }

    private static void acknowledged(Cursor cursor, Ack ack) {
        if (!cursor.isEnded()) {
            cursor.forgotBelow(ack.getLogStartOffset());
            cursor.partition().onAcknowledged(cursor, ack.getLogEndOffset());
        }
    }

    private void doubt(Doubt doubt) {
        var cursor = cursors.get(doubt.getHandle());
        if (cursor != null) {
            var partition = cursor.partition();
            partition
                    .shard()
                    .offer(() -> {
                        if (!cursor.isEnded()) {
                            partition.onDoubted(cursor, doubt.getOffset());
                        }
                    });
        }
    }

    private void settle(long totalBytes) {
        if (totalBytes > consumedBytes) {
            sentUnsettled.addAndGet((int) (consumedBytes - totalBytes));
            consumedBytes = totalBytes;
            unblock();
        }
    }

    private void unblock() {
        senders.values().forEach(ShardSender::unblock);
    }

    private void close(int handle) {
        var cursor = cursors.remove(handle);
        if (cursor != null) {
            cursor.partition().shard().offer(() -> lose(cursor));
        }
    }

    private static void lose(Cursor cursor) {
        cursor.end();
        cursor.partition().onLost(cursor);
    }

    /// The refusal takes its place in the row: a call is ended by whoever sends.
    private void fail(String why) {
        refusal = Status.FAILED_PRECONDITION.withDescription(why);
        end();
        send(EMPTY);
    }

    /// Ends the stream from this side: the follower's node has a newer one, or this node stops.
    void cut() {
        if (!ended.get()) {
            fail("the stream was replaced");
        }
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onCompleted() {
        fail("the follower is done");
    }

    /// Tells every partition at once that this follower is gone. Frames still in the row are freed
    /// by whoever sends.
    private void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        if (hello != null) {
            side.onEnded(this);
        }
        List.copyOf(cursors.keySet()).forEach(this::close);
    }
}
