package io.moldau.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Certificates as an operator makes them, with `openssl`.
public final class Certificates {
    private Certificates() {}

    /// What one node has: a certificate for 127.0.0.1, signed by an authority of its own.
    public static PeerTls in(Path directory) throws Exception {
        Files.createDirectories(directory);
        run(
                directory,
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                        + " -keyout ca.key -out ca.pem -subj /CN=authority");
        run(
                directory,
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout node.key"
                        + " -out node.csr -subj /CN=node");
        Files.writeString(directory.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
        run(
                directory,
                "x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
                        + " -extfile names -out node.pem");
        return new PeerTls(
                directory.resolve("node.pem"),
                directory.resolve("node.key"),
                directory.resolve("ca.pem"));
    }

    private static void run(Path directory, String arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ", -1)));
        var log = directory.resolve("openssl.log");
        var process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(Files.readString(log));
        }
    }
}
