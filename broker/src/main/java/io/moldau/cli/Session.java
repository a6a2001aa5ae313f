package io.moldau.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The world of one command: its streams, and whether a person reads them.
///
/// The streams carry bytes: text is UTF-8 whatever the locale says, and records pass unchanged.
///
/// @param terminal standard output is a terminal
public record Session(InputStream in, PrintStream out, PrintStream err, boolean terminal) {
    private static final int BUFFER_BYTES = 1 << 16;

    /// That of the process.
    static Session ofProcess() {
        boolean terminal = Boolean.getBoolean("moldau.terminal"); // The launcher has looked.
        return new Session(
                new FileInputStream(FileDescriptor.in),
                stream(FileDescriptor.out, terminal),
                stream(FileDescriptor.err, true),
                terminal);
    }

    private static PrintStream stream(FileDescriptor descriptor, boolean autoFlush) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER_BYTES),
                autoFlush,
                StandardCharsets.UTF_8);
    }

    String bold(String text) {
        return styled("1", text);
    }

    String dim(String text) {
        return styled("2", text);
    }

    String red(String text) {
        return styled("31", text);
    }

    String green(String text) {
        return styled("32", text);
    }

    String yellow(String text) {
        return styled("33", text);
    }

    private String styled(String code, String text) {
        return terminal && System.getenv("NO_COLOR") == null
                ? "\u001b[" + code + "m" + text + "\u001b[0m"
                : text;
    }
}
