package io.moldau.chaos.fuzz;

import io.moldau.broker.app.BrokerNode;
import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.Sources;
import io.moldau.chaos.run.Probe;
import io.moldau.env.Clock;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ResponseHeader;

/// A whole broker behind its socket: frames, decoder, handlers, log, groups and quorum. It may
/// answer, wait or close the connection; it may not stop serving others.
final class NodeTarget implements FuzzTarget {
    private static final int ANSWER_TIMEOUT_MS = 40;
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int HEADER_BYTES = 8;

    /// A connection is shared by many inputs, until one of them has it closed.
    private static final int PROBED_EVERY = 200;

    private final BrokerNode node;
    private final int port;
    private Socket socket;
    private DataInputStream in;
    private int inputs;

    private NodeTarget(BrokerNode node) {
        this.node = node;
        port = node.listeners().getFirst().port();
    }

    /// Starts a broker of one node.
    static NodeTarget start(Path data) {
        var settings =
                Map.of(
                        "log.dirs", data.toString(),
                        "listeners", "PLAINTEXT://127.0.0.1:0",
                        "admin.listen", "127.0.0.1:0",
                        "socket.request.max.bytes", "1048576",
                        "num.partitions", "2");
        var node = BrokerNode.start(BrokerConfig.load(Sources.of(settings)), Clock.system());
        return new NodeTarget(node);
    }

    @Override
    public String name() {
        return "requests";
    }

    @Override
    public byte[] fresh(Random random) {
        return framed(new RandomRequests(random).next());
    }

    /// The length in front fits most of the time: it hides everything behind it.
    @Override
    public byte[] mutated(byte[] input, Random random) {
        var bytes = Mutations.broken(input, random);
        if (bytes.length > Integer.BYTES && random.nextInt(8) > 0) {
            ByteBuffer.wrap(bytes).putInt(0, bytes.length - Integer.BYTES);
        }
        return bytes;
    }

    private static byte[] framed(byte[] content) {
        return ByteBuffer.allocate(Integer.BYTES + content.length)
                .putInt(content.length)
                .put(content)
                .array();
    }

    @Override
    public String run(byte[] input) {
        if (inputs++ % PROBED_EVERY == 0) {
            probe();
        }
        try {
            connect();
            socket.getOutputStream().write(input);
            return asked(input) + ": " + answer(input);
        } catch (SocketTimeoutException e) {
            disconnect(); // It waits: for the rest of a frame, or for a time that was asked for.
            return asked(input) + ": waits";
        } catch (IOException e) {
            disconnect();
            return asked(input) + ": closed";
        }
    }

    /// Others are still served.
    private void probe() {
        if (node.failure().isDone()) {
            throw new BrokenByInput("the broker gave up: " + node.failure().join(), null);
        }
        var probe = new Probe("127.0.0.1", port);
        for (int i = 0; i < 5; i++) {
            if (probe.answers()) {
                return;
            }
        }
        throw new BrokenByInput("the broker does not serve any more", null);
    }

    private void connect() throws IOException {
        if (socket == null) {
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_TIMEOUT_MS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    CONNECT_TIMEOUT_MS);
            in = new DataInputStream(socket.getInputStream());
        }
    }

    private void disconnect() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        socket = null;
    }

    private String answer(byte[] input) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > 1 << 26) {
            throw new BrokenByInput("an answer of %d bytes".formatted(length), null);
        }
        var content = new byte[length];
        in.readFully(content);
        return told(input, ByteBuffer.wrap(content));
    }

    /// The error codes in it: what a client would see.
    private static String told(byte[] input, ByteBuffer answer) {
        var key = ApiKeys.forId(ByteBuffer.wrap(input).getShort(Integer.BYTES));
        short version = ByteBuffer.wrap(input).getShort(Integer.BYTES + Short.BYTES);
        AbstractResponse response;
        try {
            ResponseHeader.parse(answer, key.responseHeaderVersion(version));
            response = AbstractResponse.parseResponse(key, new ByteBufferAccessor(answer), version);
        } catch (RuntimeException e) {
            if (!key.isVersionSupported(version)) {
                return "told the versions"; // In the one form that every client can read.
            }
            throw new BrokenByInput(
                    "an answer to %s v%d that no client can read".formatted(key, version), e);
        }
        return errors(response);
    }

    private static String errors(AbstractResponse response) {
        try {
            return new TreeSet<>(response.errorCounts().keySet()).toString();
        } catch (IllegalStateException e) {
            return "the same thing twice"; // As it was asked; Kafka's class cannot count that.
        }
    }

    private static String asked(byte[] input) {
        if (input.length < HEADER_BYTES) {
            return "less than a header";
        }
        short id = ByteBuffer.wrap(input).getShort(Integer.BYTES);
        short version = ByteBuffer.wrap(input).getShort(Integer.BYTES + Short.BYTES);
        return ApiKeys.hasId(id)
                ? "%s v%s".formatted(ApiKeys.forId(id), known(ApiKeys.forId(id), version))
                : "no key";
    }

    private static String known(ApiKeys key, short version) {
        return key.isVersionSupported(version) ? Short.toString(version) : "unknown";
    }

    /// Whether this behaviour means that something in a handler went wrong that nobody thought of.
    static boolean isSurprise(String behaviour) {
        return behaviour.contains(Errors.UNKNOWN_SERVER_ERROR.name());
    }

    @Override
    public void close() {
        if (socket != null) {
            disconnect();
        }
        node.close();
    }
}
