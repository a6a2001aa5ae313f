package io.moldau.chaos.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
    private static final int SHORT_MS = 200;
    private static final int LONG_MS = 5_000;

    private Echo target;
    private Link link;
    private InetSocketAddress address;

    @BeforeEach
    void open() {
        target = Echo.anywhere();
        address = new InetSocketAddress("127.77.9.9", Echo.freePort());
        link = Link.open(address, target.address());
    }

    @AfterEach
    void close() {
        link.close();
        target.close();
    }

    private Socket dial() throws IOException {
        return dial(LONG_MS);
    }

    private Socket dial(int timeoutMs) throws IOException {
        var socket = new Socket();
        socket.connect(address, timeoutMs);
        socket.setSoTimeout(LONG_MS);
        return socket;
    }

    /// A connection over which the target has greeted already.
    private Socket greeted() throws IOException {
        var socket = dial();
        assertThat(socket.getInputStream().read()).isEqualTo(Echo.GREETING);
        return socket;
    }

    private static void say(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(new byte[bytes]);
    }

    private static void hear(Socket socket, int bytes) throws IOException {
        assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
    }

    private static void hearNothing(Socket socket) throws IOException {
        socket.setSoTimeout(SHORT_MS);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(LONG_MS);
    }

    @Test
    void passesOnWhatIsSaidAndTheEnd() throws IOException {
        try (var socket = greeted()) {
            // when
            say(socket, 1_000_000 / 8);
            socket.shutdownOutput();

            // then
            hear(socket, 1_000_000 / 8);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesAsLongAsNobodyListensAtItsTarget() throws IOException {
        int port = target.port();
        try (var socket = greeted()) {
            // when
            target.close();
            int end = socket.getInputStream().read();

            // then
            assertThat(end).isEqualTo(-1);
            assertThatThrownBy(this::dial).isInstanceOf(ConnectException.class);
            target = Echo.on(port);
            await().atMost(Duration.ofSeconds(5))
                    .ignoreExceptions()
                    .until(() -> {
                        greeted().close();
                        return true;
                    });
        }
    }

    @Test
    void aCutHoldsBytesUntilItIsMended() throws IOException {
        try (var socket = greeted()) {
            // given
            var cut = link.impose(Impairment.CUT);
            say(socket, 10);
            hearNothing(socket);
            assertThat(target.heardBytes()).isZero();

            // when
            cut.close();

            // then
            hear(socket, 10);
        }
    }

    @Test
    void aHandshakeGetsNoAnswerWhereTheWayIsCut() throws IOException {
        // given
        var cut = link.impose(Impairment.CUT);

        // when
        assertThatThrownBy(() -> dial(SHORT_MS)).isInstanceOf(SocketTimeoutException.class);
        cut.close();

        // then
        greeted().close();
    }

    @Test
    void nobodyLearnsOfADeadProcessThroughACut() throws IOException {
        try (var socket = greeted()) {
            // given
            var cut = link.impose(Impairment.CUT);

            // when
            target.close();

            // then
            hearNothing(socket);
            assertThatThrownBy(() -> dial(SHORT_MS)).isInstanceOf(SocketTimeoutException.class);
            cut.close();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(this::dial).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void oneWayMayBeCutAndTheOtherNot() throws IOException {
        try (var socket = greeted();
                var _ = link.impose(Impairment.BACKWARD_CUT)) {
            // when
            say(socket, 10);

            // then
            await().atMost(Duration.ofSeconds(5)).until(() -> target.heardBytes() == 10);
            hearNothing(socket);
        }
    }

    @Test
    void twoCutsAreMendedWhenBothAre() throws IOException {
        try (var socket = greeted()) {
            // given
            var one = link.impose(Impairment.CUT);
            var other = link.impose(Impairment.FORWARD_CUT);
            say(socket, 10);

            // when
            one.close();

            // then
            hearNothing(socket);
            other.close();
            hear(socket, 10);
        }
    }

    @Test
    void aDelayIsTakenOnBothWays() throws IOException {
        try (var socket = greeted();
                var _ = link.impose(Impairment.delay(100, 0))) {
            // when
            long saidNanos = System.nanoTime();
            say(socket, 10);
            hear(socket, 10);

            // then
            assertThat(System.nanoTime() - saidNanos)
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.SECONDS.toNanos(3));
        }
    }

    @Test
    void aThrottleLetsThroughWhatASecondMayHave() throws IOException {
        try (var socket = greeted();
                var _ = link.impose(Impairment.throttle(100_000))) {
            // when
            long saidNanos = System.nanoTime();
            say(socket, 50_000);
            hear(socket, 50_000);

            // then
            assertThat(System.nanoTime() - saidNanos)
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(450), TimeUnit.SECONDS.toNanos(4));
        }
    }

    @Test
    void whatIsSwallowedNeverComesAndTheConnectionEndsWithTheFault() throws IOException {
        try (var old = greeted()) {
            // given
            var swallowing = link.impose(Impairment.SWALLOWS);
            say(old, 10);
            try (var young = dial()) {
                hearNothing(old);
                hearNothing(young);

                // when
                swallowing.close();

                // then
                assertEnded(old);
                assertEnded(young);
                greeted().close();
            }
        }
    }

    @Test
    void aResetBreaksEveryConnection() throws IOException {
        try (var one = greeted();
                var other = greeted()) {
            // when
            int broken = link.reset();

            // then
            assertThat(broken).isEqualTo(2);
            assertEnded(one);
            assertEnded(other);
            greeted().close();
        }
    }

    private static void assertEnded(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }
}
