package io.moldau.broker.replication.stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.moldau.broker.shard.Shard;
import io.moldau.proto.metadata.Uuid;
import io.moldau.proto.replication.Ack;
import io.moldau.proto.replication.Doubt;
import io.moldau.proto.replication.FollowerFrame;
import io.moldau.proto.replication.Hello;
import io.moldau.proto.replication.Open;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The follower's end of one stream to a leader's node, from its dialling to its break; then there
/// is a new one.
///
/// What arrives is handed to the partitions' shards at once, with the memory that it came in. What
/// they have to say is gathered and sent once a round.
public final class LeaderStream {
    private final LeaderLink link;
    private final long session;
    private final ClientCall<FollowerFrame, RecordsFrame> call;
    private final Map<Integer, FollowedPartition> opened = new ConcurrentHashMap<>();
    private final AtomicInteger handles = new AtomicInteger();
    private final AtomicLong consumedBytes = new AtomicLong();
    private final AtomicBoolean flushDue = new AtomicBoolean();
    private final Object sending = new Object();
    private FollowerFrame.Builder pending = FollowerFrame.newBuilder();
    private boolean ended;
    private volatile boolean stands;

    LeaderStream(LeaderLink link, long session, Channel channel) {
        this.link = link;
        this.session = session;
        this.call =
                channel.newCall(
                        Wire.FOLLOW,
                        CallOptions.DEFAULT
                                .withExecutor(Runnable::run)
                                // One batch may be as large as a topic allows.
                                .withMaxInboundMessageSize(Integer.MAX_VALUE));
    }

    void start(Hello hello) {
        call.start(new Receiver(), new Metadata());
        call.request(2);
        call.sendMessage(FollowerFrame.newBuilder().setHello(hello).build());
    }

    /// Rises with every stream of this node.
    public long session() {
        return session;
    }

    public int leaderId() {
        return link.leaderId();
    }

    boolean stands() {
        return stands;
    }

    /// Asks for a partition's records; what arrives for it from now on carries the handle that is
    /// returned. What was opened before for the same partition is to be [#close]d first.
    public int open(FollowedPartition partition, Open.Builder request) {
        int handle = handles.incrementAndGet();
        opened.put(handle, partition);
        synchronized (sending) {
            pending.addOpens(request.setHandle(handle));
        }
        flushSoon(partition.shard());
        return handle;
    }

    /// The topic's id as the contract has it.
    public static Uuid idOf(org.apache.kafka.common.Uuid id) {
        return Uuid.newBuilder()
                .setHigh(id.getMostSignificantBits())
                .setLow(id.getLeastSignificantBits())
                .build();
    }

    public void acknowledge(Shard shard, int handle, long logEndOffset, long logStartOffset) {
        synchronized (sending) {
            pending.addAcks(
                    Ack.newBuilder()
                            .setHandle(handle)
                            .setLogEndOffset(logEndOffset)
                            .setLogStartOffset(logStartOffset));
        }
        flushSoon(shard);
    }

    /// What came under this handle for `offset` cannot be what was written.
    public void doubt(Shard shard, int handle, long offset) {
        synchronized (sending) {
            pending.addDoubts(Doubt.newBuilder().setHandle(handle).setOffset(offset));
        }
        flushSoon(shard);
    }

    /// Nothing more is wanted under this handle.
    public void close(Shard shard, int handle) {
        if (opened.remove(handle) != null) {
            synchronized (sending) {
                pending.addClosed(handle);
            }
            flushSoon(shard);
        }
    }

    /// After what the shard has before it: much of that has something to say, too.
    private void flushSoon(Shard shard) {
        if (!flushDue.getAndSet(true) && !shard.offer(this::flush)) {
            flushDue.set(false);
        }
    }

    private void flush() {
        flushDue.set(false);
        synchronized (sending) {
            if (ended) {
                return;
            }
            var frame = pending.setConsumedBytes(consumedBytes.get()).build();
            pending = FollowerFrame.newBuilder();
            call.sendMessage(frame);
        }
    }

    void cut() {
        end();
        call.cancel("the link is closed", null);
    }

    private void end() {
        synchronized (sending) {
            ended = true;
        }
    }

    private void consumed(Shard shard, int bytes) {
        if (bytes > 0) {
            consumedBytes.addAndGet(bytes);
            flushSoon(shard);
        }
    }

    private final class Receiver extends ClientCall.Listener<RecordsFrame> {
        @Override
        public void onMessage(RecordsFrame message) {
            call.request(1);
            if (!stands) {
                stands = true;
                link.onStands(LeaderStream.this);
            }
            new Delivery((IncomingFrame) message).start();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            stands = false;
            end();
            link.onEnded(LeaderStream.this, status);
        }
    }

    /// One frame on its way to the shards; the last of them frees it.
    private final class Delivery {
        private final IncomingFrame frame;
        private final AtomicInteger shardsLeft = new AtomicInteger(1);

        Delivery(IncomingFrame frame) {
            this.frame = frame;
        }

        void start() {
            var byShard = new IdentityHashMap<Shard, List<Item>>(4);
            int offset = 0;
            Shard any = null;
            for (var update : frame.updates()) {
                var partition = opened.get(update.getHandle());
                if (partition != null) {
                    any = partition.shard();
                    byShard.computeIfAbsent(any, _ -> new ArrayList<>())
                            .add(new Item(partition, update, offset));
                }
                offset += update.getRecordsBytes();
            }
            shardsLeft.addAndGet(byShard.size());
            byShard.forEach((shard, items) -> {
                if (!shard.offer(() -> deliver(shard, items))) {
                    onShardDone(shard);
                }
            });
            onShardDone(any == null ? link.anyShard() : any);
        }

        private void deliver(Shard shard, List<Item> items) {
            try {
                items.forEach(this::deliver);
            } finally {
                onShardDone(shard);
            }
        }

        @SuppressWarnings("CatchingUnchecked") // One partition's mistake is not the others'.
        private void deliver(Item item) {
            var update = item.update;
            try {
                ByteBuffer records = frame.records(item.offset, update.getRecordsBytes());
                item.partition.onUpdate(LeaderStream.this, update.getHandle(), update, records);
            } catch (RuntimeException e) {
                item.partition.onMissed(LeaderStream.this, update.getHandle(), e);
            }
        }

        private void onShardDone(Shard shard) {
            if (shardsLeft.decrementAndGet() == 0) {
                frame.close();
                consumed(shard, frame.recordsBytes());
            }
        }
    }

    private record Item(
            FollowedPartition partition, io.moldau.proto.replication.Update update, int offset) {}
}
