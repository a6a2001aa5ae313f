package io.moldau.broker.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;

/// A connection without a socket. Its time stands still: scheduled tasks run when a test says so.
public final class TestConnection implements Connection {
    private final List<Runnable> scheduled = new ArrayList<>();
    private final List<Runnable> closeListeners = new ArrayList<>();
    private boolean closed;
    private String clientSoftwareName = "";
    private String clientSoftwareVersion = "";

    public RequestContext context(ApiKeys key, int version) {
        return new RequestContext(key, (short) version, 1, "test-client", this);
    }

    /// Lets the time of all that was scheduled come.
    public void timePasses() {
        List<Runnable> due;
        synchronized (scheduled) {
            due = List.copyOf(scheduled);
            scheduled.clear();
        }
        due.forEach(Runnable::run);
    }

    public boolean isClosed() {
        return closed;
    }

    public boolean hasScheduled() {
        synchronized (scheduled) {
            return !scheduled.isEmpty();
        }
    }

    public int closeListeners() {
        synchronized (closeListeners) {
            return closeListeners.size();
        }
    }

    @Override
    public String listener() {
        return "PLAINTEXT";
    }

    @Override
    public InetSocketAddress clientAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }

    @Override
    public InetSocketAddress localAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092);
    }

    @Override
    public Executor eventLoop() {
        return Runnable::run;
    }

    @Override
    public Runnable schedule(long delayMs, Runnable task) {
        synchronized (scheduled) {
            scheduled.add(task);
        }
        return () -> {
            synchronized (scheduled) {
                scheduled.remove(task);
            }
        };
    }

    @Override
    public void clientSoftware(String name, String version) {
        clientSoftwareName = name;
        clientSoftwareVersion = version;
    }

    @Override
    public String clientSoftwareName() {
        return clientSoftwareName;
    }

    @Override
    public String clientSoftwareVersion() {
        return clientSoftwareVersion;
    }

    @Override
    public Runnable onClose(Runnable task) {
        synchronized (closeListeners) {
            closeListeners.add(task);
        }
        return () -> {
            synchronized (closeListeners) {
                closeListeners.remove(task);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
