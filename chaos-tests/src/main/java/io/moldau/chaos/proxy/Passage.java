package io.moldau.chaos.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// One way of one connection: a thread reads, another one writes what may pass.
///
/// Between them lies what a network would have under way, so an end of the connection, too, arrives
/// only after what was said before it.
final class Passage {
    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int CHUNKS_UNDER_WAY = 128;

    /// How soon a thread that waits for the other one sees that the connection is over.
    private static final long LOOK_MS = 500;

    private final Traffic traffic;
    private final Way way;
    private final Relay relay;
    private final Socket from;
    private final Socket to;
    private final BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);

    private sealed interface Piece {
        record Bytes(ByteBuffer bytes, long dueNanos) implements Piece {}

        /// The end of what one side had to say.
        record End(long dueNanos) implements Piece {}

        /// The connection broke.
        record Broken(long dueNanos) implements Piece {}
    }

    Passage(Traffic traffic, Way way, Relay relay, Socket from, Socket to) {
        this.traffic = traffic;
        this.way = way;
        this.relay = relay;
        this.from = from;
        this.to = to;
    }

    void start() {
        Thread.ofVirtual().name("link-read").start(() -> guarded(this::read));
        Thread.ofVirtual().name("link-write").start(() -> guarded(this::write));
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (IOException gone) {
            relay.breakOff();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            relay.breakOff();
        }
    }

    private void read() throws InterruptedException {
        var buffer = new byte[CHUNK_BYTES];
        try {
            var in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                send(
                        new Piece.Bytes(
                                ByteBuffer.wrap(Arrays.copyOf(buffer, count)), traffic.dueNanos()));
            }
            relay.hasEnded(way);
            send(new Piece.End(traffic.dueNanos()));
        } catch (IOException broken) {
            relay.hasEnded(way);
            send(new Piece.Broken(traffic.dueNanos()));
        }
    }

    private void send(Piece piece) throws InterruptedException {
        boolean isSent = false;
        while (!isSent && relay.isAlive()) {
            isSent = underWay.offer(piece, LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void write() throws IOException, InterruptedException {
        var out = to.getOutputStream();
        while (relay.isAlive()) {
            switch (underWay.poll(LOOK_MS, TimeUnit.MILLISECONDS)) {
                case null -> {
                    // Nothing for a while; the connection may be over.
                }
                case Piece.Bytes(var bytes, long dueNanos) -> pass(bytes, dueNanos, out);
                case Piece.End(long dueNanos) -> {
                    traffic.awaitPassage(way, 0, dueNanos, relay::isAlive);
                    relay.endOf(way, to);
                    return;
                }
                case Piece.Broken(long dueNanos) -> {
                    traffic.awaitPassage(way, 0, dueNanos, relay::isAlive);
                    relay.breakOff();
                    return;
                }
            }
        }
    }

    private void pass(ByteBuffer bytes, long dueNanos, OutputStream out)
            throws IOException, InterruptedException {
        while (bytes.hasRemaining() && relay.isAlive()) {
            int count = Math.min(bytes.remaining(), traffic.atOnce());
            traffic.awaitPassage(way, count, dueNanos, relay::isAlive);
            if (!relay.swallows()) {
                out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), count);
            }
            bytes.position(bytes.position() + count);
        }
    }
}
