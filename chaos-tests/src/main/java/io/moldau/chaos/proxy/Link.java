package io.moldau.chaos.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A proxy between one node that dials and another one that is dialled.
///
/// It behaves as the way to the target would: where no process listens on the target's port, none
/// listens here; where the way is cut, a handshake gets no answer, and what was under way arrives
/// when the cut is mended. Any thread.
public final class Link implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int DIAL_TIMEOUT_MS = 10_000;
    private static final int LOOK_TIMEOUT_MS = 500;

    private static final Logger LOGGER = LoggerFactory.getLogger(Link.class);

    private final InetSocketAddress target;
    private final ReentrantLock settling = new ReentrantLock();
    private final Traffic traffic = new Traffic();
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final Door door;
    private volatile boolean closed;
    private volatile boolean targetGone;

    private Link(InetSocketAddress listen, InetSocketAddress target) {
        this.target = target;
        this.door = new Door(listen, this::visited);
    }

    /// @param listen where the node that dials believes the target to be
    /// @throws UncheckedIOException the address cannot be listened on
    public static Link open(InetSocketAddress listen, InetSocketAddress target) {
        var link = new Link(listen, target);
        link.settle();
        Thread.ofVirtual().name("link-look").start(link::awaitReturns);
        return link;
    }

    /// What is wrong with it as long as the answer is not closed; several add up.
    public Hold impose(Impairment impairment) {
        traffic.impose(impairment);
        settle();
        return () -> lift(impairment);
    }

    /// A fault that lasts until it is closed.
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    private void lift(Impairment impairment) {
        traffic.lift(impairment);
        if (!traffic.now().swallows()) {
            relays.stream().filter(Relay::isTainted).forEach(Relay::breakOff);
        }
        if (traffic.now().allowsConnecting()) {
            lookAtTarget();
        }
        settle();
    }

    /// Breaks every connection.
    ///
    /// @return how many there were
    public int reset() {
        var broken = Set.copyOf(relays);
        broken.forEach(Relay::breakOff);
        return broken.size();
    }

    public int connections() {
        return relays.size();
    }

    boolean swallows() {
        return traffic.now().swallows();
    }

    void forget(Relay relay) {
        relays.remove(relay);
        traffic.stir();
    }

    // ---- the door, as the target's own would be ----

    /// Dials the target, and shuts the door where nobody listens.
    void lookAtTarget() {
        if (!closed && traffic.now().allowsConnecting()) {
            targetGone = !isThere();
            settle();
        }
    }

    private boolean isThere() {
        try (var socket = new Socket()) {
            socket.connect(target, LOOK_TIMEOUT_MS);
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (IOException silent) {
            return true; // Somebody is there who does not answer.
        }
    }

    private void awaitReturns() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (targetGone) {
                lookAtTarget();
            }
        }
    }

    private void settle() {
        settling.lock();
        try {
            if (closed) {
                door.shut();
            } else if (!traffic.now().allowsConnecting()) {
                door.stick();
            } else if (targetGone) {
                door.shut();
            } else {
                door.open();
            }
        } finally {
            settling.unlock();
        }
    }

    private void visited(Socket source) {
        Thread.ofVirtual()
                .name("link-dial")
                .start(() -> {
                    try {
                        serve(source);
                    } catch (IOException gone) {
                        lookAtTarget();
                        closeQuietly(source, true);
                    }
                });
    }

    private void serve(Socket source) throws IOException {
        var upstream = new Socket();
        source.setTcpNoDelay(true);
        boolean isSwallowed = swallows();
        upstream.connect(target, DIAL_TIMEOUT_MS);
        upstream.setTcpNoDelay(true);
        var relay = new Relay(this, source, upstream);
        relays.add(relay);
        if (isSwallowed) {
            relay.taint();
        }
        relay.start(traffic);
        if (closed) {
            relay.breakOff();
        }
    }

    static void closeQuietly(Socket socket, boolean abruptly) {
        try (socket) {
            if (abruptly && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException alreadyBroken) {
            LOGGER.atDebug().setCause(alreadyBroken).log("socket was closed already");
        }
    }

    @Override
    public void close() {
        closed = true;
        settle();
        reset();
    }
}
