package io.moldau.broker.api;

import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/// What handlers may know of the connection that a request came over.
public interface Connection {
    /// Name of the listener that accepted it, such as `PLAINTEXT`.
    String listener();

    InetSocketAddress clientAddress();

    /// The address that the client dialled; with no `advertised.listeners` it is what clients are
    /// told.
    InetSocketAddress localAddress();

    /// The connection's own thread.
    Executor eventLoop();

    /// Runs `task` on the event loop after `delayMs`, unless cancelled by running the returned
    /// handle.
    Runnable schedule(long delayMs, Runnable task);

    /// What the client said of itself in ApiVersions v3+ (KIP-511).
    void clientSoftware(String name, String version);

    /// `unknown` until the client has said it.
    default String clientSoftwareName() {
        return "unknown";
    }

    default String clientSoftwareVersion() {
        return "unknown";
    }

    /// Runs `task` on the event loop once the connection is closed; at once if it is. Running the
    /// returned handle forgets it, so that a connection does not collect what its past requests
    /// left.
    Runnable onClose(Runnable task);

    /// Closes the connection once earlier answers are written.
    void close();
}
