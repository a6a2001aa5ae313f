package io.moldau.peer;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Mutual TLS between nodes: each shows its certificate to the other, and speaks only to one that
/// shows a trusted one. Every node uses the same three files, or its own of the same kind.
///
/// @param certificateChain PEM, this node's certificate first; it must name the host under which
///   others dial this node
/// @param privateKey PEM, PKCS #8, not encrypted
/// @param trustedCertificates PEM, whoever signs the nodes' certificates
public record PeerTls(Path certificateChain, Path privateKey, Path trustedCertificates) {
    ServerCredentials forServer() {
        try {
            return TlsServerCredentials.newBuilder()
                    .keyManager(certificateChain.toFile(), privateKey.toFile())
                    .trustManager(trustedCertificates.toFile())
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build();
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    ChannelCredentials forChannel() {
        try {
            return TlsChannelCredentials.newBuilder()
                    .keyManager(certificateChain.toFile(), privateKey.toFile())
                    .trustManager(trustedCertificates.toFile())
                    .build();
        } catch (IOException failed) {
            throw unreadable(failed);
        }
    }

    private static UncheckedIOException unreadable(IOException failed) {
        return new UncheckedIOException(
                "The certificates between nodes cannot be read: " + failed.getMessage(), failed);
    }
}
