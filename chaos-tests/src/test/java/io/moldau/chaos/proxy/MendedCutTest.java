package io.moldau.chaos.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import io.moldau.peer.PeerAddress;
import io.moldau.peer.PeerChannels;
import io.moldau.peer.PeerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The nodes' own connections, over a link that is cut while they dial.
class MendedCutTest {
    private static final String LINK_HOST = "127.77.8.8";

    /// By then the kernel dials again only every few seconds: Linux does so each second at first.
    private static final Duration CUT_LASTS = Duration.ofMillis(7_500);

    @Test
    void nodesFindEachOtherSoonAfterACutIsMended() {
        // given
        int port = Echo.freePort();
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (var _ = PeerServer.open(server, Optional.empty());
                var link = Link.open(new InetSocketAddress(LINK_HOST, port), server);
                var channels = PeerChannels.open(Optional.empty())) {
            var cut = link.impose(Impairment.CUT);
            var channel = channels.to(new PeerAddress(LINK_HOST, port));
            long dialledNanos = System.nanoTime();
            assertThat(channel.getState(true)).isNotEqualTo(ConnectivityState.READY);
            await("the cut lasts")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> System.nanoTime() - dialledNanos > CUT_LASTS.toNanos());

            // when
            cut.close();

            // then
            await("connected")
                    .atMost(Duration.ofMillis(2_500))
                    .until(() -> channel.getState(true) == ConnectivityState.READY);
        }
    }
}
