package io.moldau.chaos.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
    private static final int SHORT_MS = 200;
    private static final int LONG_MS = 5_000;

    private final Map<Integer, Echo> nodes =
            Map.of(1, Echo.anywhere(), 2, Echo.anywhere(), 3, Echo.anywhere());
    private Network network;

    @BeforeEach
    void open() {
        network =
                Network.between(
                        Map.of(
                                1, nodes.get(1).port(),
                                2, nodes.get(2).port(),
                                3, nodes.get(3).port()));
    }

    @AfterEach
    void close() {
        network.close();
        nodes.values().forEach(Echo::close);
    }

    /// As node `source` does, which takes the other's name for this address.
    private Socket dial(int source, int target) throws IOException {
        return dial(source, target, LONG_MS);
    }

    private Socket dial(int source, int target, int timeoutMs) throws IOException {
        var socket = new Socket();
        socket.connect(
                new InetSocketAddress(
                        "127.77.%d.%d".formatted(source, target), nodes.get(target).port()),
                timeoutMs);
        socket.setSoTimeout(SHORT_MS);
        assertThat(socket.getInputStream().read()).isEqualTo(Echo.GREETING);
        return socket;
    }

    private static boolean echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
        try {
            return socket.getInputStream().read() == 1;
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    @Test
    void everyNodeHasItsOwnWayToEachOther(@TempDir Path folder) throws IOException {
        // when
        network.writeHosts(1, folder.resolve("hosts"));

        // then
        assertThat(Files.readAllLines(folder.resolve("hosts")))
                .contains("127.77.1.2 node-2", "127.77.1.3 node-3", "127.0.0.1 node-1 localhost")
                .noneMatch(line -> line.startsWith("127.77.2"));
    }

    @Test
    void whatOneSaysIsLostWhoeverDialled() throws IOException {
        try (var dialledByOne = dial(1, 2);
                var dialledByTwo = dial(2, 1);
                var _ = network.cutOneWay(1, 2)) {
            // when
            boolean oneIsAnswered = echoes(dialledByOne);
            boolean twoIsAnswered = echoes(dialledByTwo);

            // then what 2 said was heard, and only the answer was lost
            assertThat(oneIsAnswered).isFalse();
            assertThat(twoIsAnswered).isFalse();
            assertThat(nodes.get(2).heardBytes()).isZero();
            assertThat(nodes.get(1).heardBytes()).isOne();
        }
    }

    @Test
    void aGroupIsCutFromTheOthersAndNotWithinItself() throws IOException {
        try (var within = dial(1, 2);
                var across = dial(1, 3);
                var back = dial(3, 2)) {
            // when
            try (var _ = network.around(Set.of(1, 2), Impairment.CUT)) {
                // then
                assertThat(echoes(within)).isTrue();
                assertThat(echoes(across)).isFalse();
                assertThat(echoes(back)).isFalse();
                assertThatThrownBy(() -> dial(3, 1, SHORT_MS))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            dial(3, 1).close();
        }
    }

    @Test
    void allConnectionsOfANodeBreakAtOnce() throws IOException {
        try (var own = dial(1, 2);
                var others = dial(3, 1);
                var elsewhere = dial(2, 3)) {
            // when
            int broken = network.reset(1);

            // then
            assertThat(broken).isEqualTo(2);
            assertThatThrownBy(() -> own.getInputStream().read()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> others.getInputStream().read())
                    .isInstanceOf(IOException.class);
            assertThat(echoes(elsewhere)).isTrue();
        }
    }
}
