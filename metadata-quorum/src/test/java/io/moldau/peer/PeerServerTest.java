package io.moldau.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.moldau.proto.quorum.AppendReply;
import io.moldau.proto.quorum.AppendRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PeerServerTest {
    private static final MethodDescriptor<AppendRequest, AppendReply> ECHO =
            MethodDescriptor.newBuilder(
                            ProtoUtils.marshaller(AppendRequest.getDefaultInstance()),
                            ProtoUtils.marshaller(AppendReply.getDefaultInstance()))
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("test.Echo/Echo")
                    .build();

    @TempDir Path temp;
    private @Nullable PeerServer server;
    private @Nullable PeerChannels channels;

    @AfterEach
    void close() {
        if (channels != null) {
            channels.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private PeerServer opened(int port, Optional<PeerTls> tls) {
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var open = PeerServer.open(listen, tls);
        open.serve(
                ServerServiceDefinition.builder("test.Echo")
                        .addMethod(
                                ECHO,
                                ServerCalls.asyncUnaryCall((request, replies) -> {
                                    replies.onNext(
                                            AppendReply.newBuilder()
                                                    .setNumber(request.getNumber())
                                                    .build());
                                    replies.onCompleted();
                                }))
                        .build());
        server = open;
        return open;
    }

    private PeerChannels dialling(Optional<PeerTls> tls) {
        var open = PeerChannels.open(tls);
        channels = open;
        return open;
    }

    private static PeerAddress addressOf(PeerServer server) {
        return new PeerAddress("127.0.0.1", server.address().getPort());
    }

    private static long echo(PeerChannels channels, PeerAddress address, long number) {
        return ClientCalls.blockingUnaryCall(
                        channels.to(address),
                        ECHO,
                        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                        AppendRequest.newBuilder().setNumber(number).build())
                .getNumber();
    }

    private static Status.Code refusal(PeerChannels channels, PeerAddress address) {
        try {
            echo(channels, address, 1);
            return Status.Code.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode();
        }
    }

    @Test
    void answersOverOneKeptConnection() {
        var address = addressOf(opened(0, Optional.empty()));
        var dialling = dialling(Optional.empty());

        assertThat(echo(dialling, address, 7)).isEqualTo(7);
        assertThat(dialling.to(address)).isSameAs(dialling.to(address));
    }

    @Test
    void knowsForAWhileThatAConnectionBroke() {
        var open = opened(0, Optional.empty());
        var address = addressOf(open);
        var dialling = dialling(Optional.empty());
        boolean beforeTheFirst = dialling.hasLost(address);
        echo(dialling, address, 7);
        boolean whileItLasts = dialling.hasLost(address);

        open.close();

        await().atMost(Duration.ofSeconds(1)).until(() -> dialling.hasLost(address));
        assertThat(beforeTheFirst).isFalse();
        assertThat(whileItLasts).isFalse();
        await().atMost(Duration.ofSeconds(10)).until(() -> !dialling.hasLost(address));
    }

    @Test
    void saysInOneSentenceThatItsPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> opened(port, Optional.empty()))
                    .isInstanceOf(PeerUnavailableException.class)
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("cluster.listen");
        }
    }

    @Test
    void tellsADeadProcessFromASilentOne() throws Exception {
        var open = opened(0, Optional.empty());
        var dialling = dialling(Optional.empty());

        assertThat(dialling.probe(addressOf(open), 5000).join()).isEqualTo(Probe.ANSWERED);
        open.close();
        // Another process may have been given the port, for a moment.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> dialling.probe(addressOf(open), 5000).join() == Probe.REFUSED);
        // To whoever comes while its backlog is full the kernel says nothing.
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new PeerAddress("127.0.0.1", full.getLocalPort());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> dialling.probe(address, 200).join() == Probe.SILENT);
        }
    }

    @Test
    void findsARestartedServerWithin300Ms() {
        var first = opened(0, Optional.empty());
        var address = addressOf(first);
        var dialling = dialling(Optional.empty());
        echo(dialling, address, 1);
        first.close();
        long dead = System.nanoTime();
        // Long enough for the pauses between two attempts to have grown.
        await().pollInterval(Duration.ofMillis(50))
                .until(() ->
                        refusal(dialling, address) == Status.Code.UNAVAILABLE
                                && System.nanoTime() - dead > 2_000_000_000L);

        opened(address.port(), Optional.empty());
        long back = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> refusal(dialling, address) == Status.Code.OK);

        assertThat(System.nanoTime() - back).isLessThan(300_000_000L);
    }

    @Test
    void speaksOnlyToNodesWithATrustedCertificate() throws Exception {
        var tls = Certificates.in(temp.resolve("ours"));
        var strangers = Certificates.in(temp.resolve("strangers"));
        var address = addressOf(opened(0, Optional.of(tls)));

        assertThat(echo(dialling(Optional.of(tls)), address, 7)).isEqualTo(7);
        var trustsUs =
                new PeerTls(
                        strangers.certificateChain(),
                        strangers.privateKey(),
                        tls.trustedCertificates());
        for (var other : new PeerTls[] {null, strangers, trustsUs}) {
            try (var stranger = PeerChannels.open(Optional.ofNullable(other))) {
                assertThat(refusal(stranger, address)).isEqualTo(Status.Code.UNAVAILABLE);
            }
        }
    }
}
