package io.moldau.broker.app;

import io.moldau.broker.config.HostPort;
import io.moldau.broker.console.AdminServer;
import io.moldau.broker.console.NodeView;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's port of this node, if there is one.
final class AdminPort implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AdminPort.class);

    private final HostPort at;
    private AdminServer server;
    private boolean closed;

    private AdminPort(HostPort at) {
        this.at = at;
    }

    /// Opens the port that somebody asked for.
    ///
    /// @throws StartupException it cannot be had
    static AdminPort open(HostPort at, NodeView node) {
        var port = new AdminPort(at);
        try {
            port.bind(node);
            return port;
        } catch (UncheckedIOException e) {
            throw new StartupException(
                    ExitReason.ADDRESS_IN_USE,
                    "The operator's port %s cannot be opened: %s. Free it, or let admin.listen name another one."
                            .formatted(at, e.getCause().getMessage()),
                    e);
        }
    }

    /// Opens the port that nobody asked for, without anybody waiting for it: it must neither slow a
    /// start nor keep a second node of one machine from it.
    static AdminPort openBeside(HostPort at, NodeView node) {
        var port = new AdminPort(at);
        Thread.ofPlatform().name("admin-start").daemon(true).start(() -> port.tryToBind(node));
        return port;
    }

    private void tryToBind(NodeView node) {
        try {
            bind(node);
        } catch (UncheckedIOException e) {
            LOGGER.atInfo()
                    .addKeyValue("admin.listen", at)
                    .addKeyValue("why", e.getCause().getMessage())
                    .log("no operator's port: the default one is taken");
        }
    }

    private synchronized void bind(NodeView node) {
        if (closed) {
            return;
        }
        var address =
                at.host().isEmpty()
                        ? new InetSocketAddress((InetAddress) null, at.port())
                        : new InetSocketAddress(at.host(), at.port());
        server = AdminServer.open(address, node);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.close();
        }
    }
}
