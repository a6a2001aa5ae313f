package io.moldau.chaos.run;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks a broker whether it serves: `ApiVersions` v0, written by hand so that a start can be timed
/// to the millisecond.
public final class Probe {
    private static final int TIMEOUT_MS = 2_000;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int REQUEST_BYTES = 10;
    private static final short API_VERSIONS = 18;
    private static final int CORRELATION_ID = 7;

    private final InetSocketAddress address;

    public Probe(String host, int port) {
        address = new InetSocketAddress(host, port);
    }

    /// Whether it answers without an error. A no takes at least 5 ms, so it can be asked in a loop.
    public boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(address, TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(request());
            var in = new DataInputStream(socket.getInputStream());
            int length = in.readInt();
            int correlationId = in.readInt();
            short error = in.readShort();
            return length > Integer.BYTES + Short.BYTES
                    && correlationId == CORRELATION_ID
                    && error == 0;
        } catch (IOException e) {
            LockSupport.parkNanos(PAUSE_NS); // Refused or cut off: not yet.
            return false;
        }
    }

    private static byte[] request() {
        var frame = ByteBuffer.allocate(Integer.BYTES + REQUEST_BYTES);
        frame.putInt(REQUEST_BYTES)
                .putShort(API_VERSIONS)
                .putShort((short) 0)
                .putInt(CORRELATION_ID);
        return frame.putShort((short) -1).array(); // No client id.
    }
}
