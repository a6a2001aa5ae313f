package io.moldau.chaos.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket that is open, shut, or stuck: then who knocks gets no answer at all, as when
/// the way to the door is cut.
///
/// The kernel answers knocks by itself as long as it has room to keep them. A stuck door is one
/// whose room our own knocks take up.
final class Door {
    private static final Logger LOGGER = LoggerFactory.getLogger(Door.class);
    private static final int ROOM = 4;
    private static final int KNOCKS_MAX = 4 * ROOM;
    private static final int KNOCK_TIMEOUT_MS = 30;
    private static final long PAUSE_NANOS = 1_000_000;

    private final InetSocketAddress address;
    private final Consumer<Socket> visitors;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition unstuck = lock.newCondition();
    private final Condition held = lock.newCondition();
    private final List<Socket> knocks = new ArrayList<>();
    private final Set<SocketAddress> knockers = ConcurrentHashMap.newKeySet();
    private Acceptor acceptor;

    /// Somebody was taken in, and waits until the door is no longer stuck.
    private boolean isHeld;

    private volatile boolean isStuck;

    Door(InetSocketAddress address, Consumer<Socket> visitors) {
        this.address = address;
        this.visitors = visitors;
    }

    void open() {
        lock.lock();
        try {
            listen();
            unstick();
        } finally {
            lock.unlock();
        }
    }

    /// Whoever knocks is refused.
    void shut() {
        Acceptor last;
        lock.lock();
        try {
            last = acceptor;
            acceptor = null;
            unstick();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.end();
        }
    }

    /// The socket that listens, and the thread that waits on it.
    private record Acceptor(ServerSocket socket, Thread thread) {
        /// The kernel listens for as long as somebody waits.
        void end() {
            try {
                socket.close();
                thread.join();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Whoever knocks hears nothing.
    void stick() {
        lock.lock();
        try {
            listen();
            if (!isStuck) {
                isStuck = true;
                takeUpRoom();
            }
        } finally {
            lock.unlock();
        }
    }

    private void unstick() {
        isStuck = false;
        knocks.forEach(knock -> Link.closeQuietly(knock, false));
        knocks.clear();
        unstuck.signalAll();
    }

    private void listen() {
        if (acceptor != null) {
            return;
        }
        try {
            var socket = new ServerSocket();
            socket.bind(address, ROOM);
            var thread = Thread.ofPlatform().name("link-accept").daemon();
            acceptor = new Acceptor(socket, thread.start(() -> accept(socket)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address, e);
        }
    }

    private void takeUpRoom() {
        knock(); // One more is taken in and kept waiting: without it there would be room for
        // another.
        while (!isHeld) {
            held.awaitUninterruptibly();
        }
        for (int i = 0; i < KNOCKS_MAX; i++) {
            if (!knock()) {
                return;
            }
        }
        throw new IllegalStateException("a door with room for %d does not fill".formatted(ROOM));
    }

    /// Whether there was room.
    private boolean knock() {
        var knock = new Socket();
        knocks.add(knock);
        try {
            knock.bind(new InetSocketAddress(address.getAddress(), 0));
            knockers.add(knock.getLocalSocketAddress());
            knock.connect(address, KNOCK_TIMEOUT_MS);
            return true;
        } catch (SocketTimeoutException full) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                var visitor = socket.accept();
                if (knockers.remove(visitor.getRemoteSocketAddress())) {
                    awaitUnstuck(); // One of ours: the room is full without it.
                    Link.closeQuietly(visitor, false);
                } else {
                    awaitUnstuck();
                    visitors.accept(visitor);
                }
            } catch (IOException refused) {
                LOGGER.atDebug().setCause(refused).log("no visitor");
                LockSupport.parkNanos(PAUSE_NANOS); // Shut, or out of descriptors.
            }
        }
    }

    private void awaitUnstuck() {
        lock.lock();
        try {
            while (isStuck) {
                isHeld = true;
                held.signalAll();
                unstuck.awaitUninterruptibly();
            }
            isHeld = false;
        } finally {
            lock.unlock();
        }
    }
}
