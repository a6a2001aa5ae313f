package io.moldau.broker.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moldau.cli.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's port, plain HTTP, one request after the other on one thread:
///
/// - `GET /livez`: 200 while the process is of use, else 503 with a sentence
/// - `GET /readyz`: 200 when clients may be sent here, else 503 with a sentence
/// - `GET /safe-to-stop`: 200 when nobody would miss the node, else 503; JSON says what would
///   suffer
/// - `GET /metrics`: Prometheus's text format
/// - `GET /segments?topic=NAME`: what will become of the segments of a topic's partitions here
///
/// It asks for no password, hence loopback by default.
public final class AdminServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 16;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String TOPIC = "topic=";

    private final NodeView node;
    private final HttpServer server;
    private final ExecutorService thread;
    private final Metrics metrics;

    private AdminServer(NodeView node, HttpServer server) {
        this.node = node;
        this.server = server;
        this.metrics = new Metrics(node);
        this.thread =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("admin").daemon(true).factory());
    }

    /// What one path answers.
    private record Answer(int status, String contentType, String body) {}

    private interface Page {
        Answer answer();
    }

    /// Binds the port and answers from now on.
    ///
    /// @throws UncheckedIOException the port cannot be had
    public static AdminServer open(InetSocketAddress listen, NodeView node) {
        try {
            var server = new AdminServer(node, HttpServer.create(listen, BACKLOG));
            server.serve();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on %s:%d: %s"
                            .formatted(listen.getHostString(), listen.getPort(), e.getMessage()),
                    e);
        }
    }

    private void serve() {
        server.setExecutor(thread);
        page("/livez", () -> answer(Health.live(node)));
        page("/readyz", () -> answer(Health.ready(node)));
        page("/safe-to-stop", this::safeToStop);
        page("/metrics", () -> new Answer(200, Metrics.CONTENT_TYPE, metrics.scrape()));
        server.createContext("/segments", exchange -> send(exchange, of(() -> segments(exchange))));
        server.createContext("/", exchange -> send(exchange, notFound()));
        server.start();
    }

    private void page(String path, Page page) {
        server.createContext(
                path,
                exchange -> send(exchange, path.equals(path(exchange)) ? of(page) : notFound()));
    }

    private static String path(HttpExchange exchange) {
        return exchange.getRequestURI().getPath();
    }

    private static Answer of(Page page) {
        try {
            return page.answer();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("admin page failed");
            return new Answer(500, TEXT, "This page failed: %s%n".formatted(e.getMessage()));
        }
    }

    private static Answer notFound() {
        return new Answer(
                404,
                TEXT,
                "There are /livez, /readyz, /safe-to-stop, /metrics and /segments?topic=NAME here.\n");
    }

    private Answer segments(HttpExchange exchange) {
        var query = exchange.getRequestURI().getQuery();
        if (!path(exchange).equals("/segments") || query == null || !query.startsWith(TOPIC)) {
            return notFound();
        }
        var topic = query.substring(TOPIC.length());
        if (node.image().topic(topic) == null) {
            return new Answer(404, TEXT, "There is no topic %s.%n".formatted(topic));
        }
        var page = SegmentPage.of(node.nodeId(), node.segments(topic));
        return new Answer(200, SegmentPage.CONTENT_TYPE, page);
    }

    private static Answer answer(Health health) {
        return health.isWell()
                ? new Answer(200, TEXT, "ok\n")
                : new Answer(503, TEXT, health.problem() + "\n");
    }

    private Answer safeToStop() {
        var verdict =
                SafeToStop.judge(
                        node.nodeId(), node.image(), node.quorum(), node::minInsyncReplicas);
        Map<String, Object> map = verdict.asMap();
        return new Answer(verdict.isSafe() ? 200 : 503, JSON, Json.of(map) + "\n");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            boolean bodyless = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bodyless ? -1 : body.length);
            if (!bodyless) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /// Where it listens, with the actual port.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        thread.shutdown();
    }
}
