package io.moldau.broker.net;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A client that knows frames and nothing else.
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    private final Socket socket;

    private WireClient(Socket socket) {
        this.socket = socket;
    }

    static WireClient dial(int port) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            return new WireClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    WireClient send(byte[]... pieces) {
        try {
            for (var piece : pieces) {
                socket.getOutputStream().write(piece);
                socket.getOutputStream().flush();
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next frame without its length; empty once the broker has closed the connection.
    Optional<ByteBuffer> receive() {
        try {
            var in = new DataInputStream(socket.getInputStream());
            var content = new byte[in.readInt()];
            in.readFully(content);
            return Optional.of(ByteBuffer.wrap(content));
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int receiveCorrelationId() {
        return receive().orElseThrow().getInt(0);
    }

    boolean isClosedByBroker() {
        return receive().isEmpty();
    }

    /// True if the broker says nothing for `ms`.
    boolean hearsNothingFor(int ms) {
        try {
            socket.setSoTimeout(ms);
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
