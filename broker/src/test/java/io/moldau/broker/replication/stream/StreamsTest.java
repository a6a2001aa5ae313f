package io.moldau.broker.replication.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.shard.Shard;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.LogConfig;
import io.moldau.log.LogDirectory;
import io.moldau.log.PartitionLog;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import io.moldau.proto.replication.Open;
import io.moldau.proto.replication.Update;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both ends of the stream over a real connection, with partitions that only read and note.
class StreamsTest {
    private static final int LEADER = 1;
    private static final int FOLLOWER = 2;
    private static final int BATCH_BYTES = 100_000;
    private static final int WINDOW_BYTES = 500_000;

    @TempDir Path folder;
    private final Shards leaders = Shards.start(1, "leader", Clock.system());
    private final Shards followers = Shards.start(1, "follower", Clock.system());
    private final PeerServer server =
            PeerServer.open(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty());
    private final PeerChannels channels = PeerChannels.open(Optional.empty());
    private final Led led = new Led();
    private final Followed followed = new Followed();
    private LogDirectory directory;
    private SendingSide sending;
    private ReceivingSide receiving;

    @BeforeEach
    void open() {
        directory = LogDirectory.open(folder, Clock.system(), 16);
        led.log =
                directory.openLog(
                        new TopicPartition("t", 0), Uuid.randomUuid(), LogConfig.defaults());
        sending = new SendingSide(LEADER, "cluster", (_, _) -> led, WINDOW_BYTES);
        server.serveQuick(sending.service());
        receiving =
                new ReceivingSide(
                        FOLLOWER,
                        "cluster",
                        () -> 7,
                        _ -> channels.to(new PeerAddress("127.0.0.1", server.address().getPort())),
                        followers);
    }

    @AfterEach
    void close() {
        followed.gate.countDown();
        receiving.close();
        channels.close();
        server.close();
        leaders.close();
        followers.close();
        directory.close();
    }

    private void follow() {
        followers.all().getFirst().execute(() -> receiving.follow(LEADER, followed));
    }

    private void append(int batches) {
        leaders.all()
                .getFirst()
                .execute(() -> {
                    for (int i = 0; i < batches; i++) {
                        led.append();
                    }
                });
    }

    @Test
    void pushesEverythingThatIsAppended() {
        // given
        append(3);
        follow();
        eventually(() -> assertThat(followed.bytes.get()).isGreaterThan(3 * BATCH_BYTES));

        // when
        append(20);

        // then
        eventually(() -> assertThat(followed.bytes.get()).isGreaterThan(23 * BATCH_BYTES));
        eventually(() -> assertThat(led.acknowledged).isEqualTo(23));
    }

    @Test
    void holdsBackWhatAFollowerThatIsStuckDoesNotTake() throws Exception {
        // given
        followed.stuck = true;
        follow();
        assertThat(followed.reached.await(20, TimeUnit.SECONDS)).isTrue();

        // when
        append(200);
        long read = settled(led.bytesRead);

        // then
        assertThat(read).isLessThanOrEqualTo(2L * WINDOW_BYTES);
    }

    @Test
    void goesOnWhereAStuckFollowerStopped() throws Exception {
        // given
        followed.stuck = true;
        follow();
        assertThat(followed.reached.await(20, TimeUnit.SECONDS)).isTrue();
        append(50);
        var _ = settled(led.bytesRead);

        // when
        followed.gate.countDown();

        // then
        eventually(() -> assertThat(followed.bytes.get()).isGreaterThan(50 * BATCH_BYTES));
    }

    @Test
    void tellsThePartitionWhatItFailedToTake() {
        // given
        followed.failsOnce = true;
        append(3);

        // when
        follow();

        // then
        eventually(() -> assertThat(followed.bytes.get()).isGreaterThan(3 * BATCH_BYTES));
        assertThat(followed.missed.get()).isEqualTo(1);
    }

    /// Who doubts what came, closes its handle at once.
    @Test
    void tellsTheLeaderOfADoubtBeforeTheHandleIsClosed() {
        // given
        follow();
        eventually(() -> assertThat(followed.last).isNotNull());
        int handle = followed.lastHandle;

        // when
        followers
                .all()
                .getFirst()
                .execute(() -> {
                    followed.last.doubt(followed.shard(), handle, 7);
                    followed.last.close(followed.shard(), handle);
                });

        // then
        eventually(() -> assertThat(led.lost.get()).isEqualTo(1));
        assertThat(led.doubted).containsExactly(7L);
    }

    @Test
    void tellsBothEndsWhenTheStreamBreaksAndOpensAnother() {
        // given
        follow();
        eventually(() -> assertThat(led.opened.get()).isEqualTo(1));

        // when
        sending.close();

        // then
        eventually(() -> assertThat(followed.sessions).hasSize(2));
        assertThat(followed.sessions).doesNotHaveDuplicates();
        assertThat(followed.disconnections.get()).isEqualTo(1);
        eventually(() -> assertThat(led.lost.get()).isEqualTo(1));
    }

    /// What a counter comes to rest at.
    private static long settled(AtomicInteger counter) {
        var last = new AtomicInteger(-1);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> last.getAndSet(counter.get()) == counter.get());
        return counter.get();
    }

    private static void eventually(org.awaitility.core.ThrowingRunnable holds) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(holds);
    }

    private final class Led implements LedPartition {
        private final List<Cursor> cursors = new ArrayList<>();
        private final AtomicInteger bytesRead = new AtomicInteger();
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger lost = new AtomicInteger();
        private final List<Long> doubted = new CopyOnWriteArrayList<>();
        private PartitionLog log;
        private volatile long acknowledged;

        void append() {
            var record = new SimpleRecord(new byte[BATCH_BYTES]);
            var batch = MemoryRecords.withRecords(Compression.NONE, record).buffer();
            log.append(batch, AppendMode.CLIENT, 0, Clock.system().wallMs());
            cursors.forEach(Cursor::ready);
        }

        @Override
        public Shard shard() {
            return leaders.all().getFirst();
        }

        @Override
        public void onOpened(
                Cursor follower, int leaderEpoch, long fetchOffset, int lastFetchedEpoch) {
            cursors.add(follower);
            opened.incrementAndGet();
            follower.accept(fetchOffset);
        }

        @Override
        public void onAcknowledged(Cursor follower, long logEndOffset) {
            acknowledged = logEndOffset;
        }

        @Override
        public void onDoubted(Cursor follower, long offset) {
            doubted.add(offset);
        }

        @Override
        public void onLost(Cursor follower) {
            cursors.remove(follower);
            lost.incrementAndGet();
        }

        @Override
        public void fill(Cursor follower, FrameDraft frame) {
            long end = log.logEndOffset();
            var news = follower.news(0, 0, 0, end);
            if (follower.nextOffset() >= end) {
                frame.add(news);
                return;
            }
            var batches = log.readWhole(follower.nextOffset(), Math.max(1, frame.room()));
            bytesRead.addAndGet(batches.sizeBytes());
            frame.add(news, batches, _ -> {});
            follower.sentUpTo(batches.nextOffset());
            if (batches.nextOffset() < end) {
                follower.ready();
            }
        }
    }

    private final class Followed implements FollowedPartition {
        private final List<Long> sessions = new CopyOnWriteArrayList<>();
        private final AtomicInteger bytes = new AtomicInteger();
        private final AtomicInteger disconnections = new AtomicInteger();
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch gate = new CountDownLatch(1);
        private final AtomicInteger missed = new AtomicInteger();
        private volatile boolean stuck;
        private volatile boolean failsOnce;
        private volatile LeaderStream last;
        private volatile int lastHandle;
        private long next;

        @Override
        public Shard shard() {
            return followers.all().getFirst();
        }

        @Override
        public void onConnected(LeaderStream stream) {
            sessions.add(stream.session());
            openOn(stream);
        }

        private void openOn(LeaderStream stream) {
            lastHandle =
                    stream.open(
                            this,
                            Open.newBuilder()
                                    .setTopicId(LeaderStream.idOf(Uuid.randomUuid()))
                                    .setFetchOffset(next));
            last = stream;
        }

        @Override
        public void onDisconnected(LeaderStream stream) {
            disconnections.incrementAndGet();
        }

        @Override
        public void onUpdate(LeaderStream stream, int handle, Update update, ByteBuffer records) {
            reached.countDown();
            if (records.hasRemaining() && failsOnce) {
                failsOnce = false;
                throw new IllegalStateException("planted");
            }
            if (stuck) {
                CompletableFuture.runAsync(this::waitAtTheGate).join();
            }
            bytes.addAndGet(records.remaining());
            if (records.hasRemaining()) {
                next += count(records);
                stream.acknowledge(shard(), handle, next, 0);
            }
        }

        @Override
        public void onMissed(LeaderStream stream, int handle, RuntimeException cause) {
            missed.incrementAndGet();
            stream.close(shard(), handle);
            openOn(stream);
        }

        private int count(ByteBuffer records) {
            int count = 0;
            for (var _ : MemoryRecords.readableRecords(records).batches()) {
                count++;
            }
            return count;
        }

        private void waitAtTheGate() {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
