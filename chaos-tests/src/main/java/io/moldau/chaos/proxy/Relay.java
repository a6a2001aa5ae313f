package io.moldau.chaos.proxy;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// One connection through a link: the socket of the node that dialled, and the one to its target.
final class Relay {
    private final Link link;
    private final Socket source;
    private final Socket target;
    private final AtomicBoolean alive = new AtomicBoolean(true);
    private final AtomicInteger ends = new AtomicInteger();

    /// Something of it was swallowed: what comes after that would make no sense.
    private volatile boolean tainted;

    Relay(Link link, Socket source, Socket target) {
        this.link = link;
        this.source = source;
        this.target = target;
    }

    void start(Traffic traffic) {
        new Passage(traffic, Way.FORWARD, this, source, target).start();
        new Passage(traffic, Way.BACKWARD, this, target, source).start();
    }

    boolean isAlive() {
        return alive.get();
    }

    /// Whether what may pass now is to vanish.
    boolean swallows() {
        tainted |= link.swallows();
        return tainted;
    }

    boolean isTainted() {
        return tainted;
    }

    void taint() {
        tainted = true;
    }

    /// Nothing more comes this way: before the other side learns of it, the link looks whether the
    /// target's process is there at all.
    void hasEnded(Way way) {
        if (way == Way.BACKWARD && isAlive()) {
            link.lookAtTarget();
        }
    }

    /// Passes the end of one way on.
    void endOf(Way way, Socket to) throws IOException {
        if (!swallows()) {
            to.shutdownOutput();
        }
        if (ends.incrementAndGet() == Way.values().length) {
            close(false);
        }
    }

    /// Both sides learn at once that the connection broke.
    void breakOff() {
        close(true);
    }

    private void close(boolean abruptly) {
        if (!alive.compareAndSet(true, false)) {
            return;
        }
        Link.closeQuietly(source, abruptly);
        Link.closeQuietly(target, abruptly);
        link.forget(this);
    }
}
