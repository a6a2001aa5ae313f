package io.moldau.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs what a first minute runs, so that the JVM can note what it loads and links and start faster
/// the next time. The launcher's `--train FILE` calls it; nobody else does.
///
/// Source: JEP 483, JEP 514 and JEP 515.
public final class Training {
    private Training() {}

    public static void main(String[] args) {
        var output =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        rehearse(output);
    }

    private static void rehearse(PrintStream output) {
        for (var line :
                List.of(
                        "--help",
                        "--version",
                        "topics list --help",
                        "topics --zookeeper here:2181")) {
            var session = new Session(new ByteArrayInputStream(new byte[0]), output, output, false);
            Main.run(session, line.split(" ", -1));
        }
    }
}
