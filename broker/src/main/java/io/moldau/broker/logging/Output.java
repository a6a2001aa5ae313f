package io.moldau.broker.logging;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The error stream, in one of the two formats.
///
/// Each event is handed over in one write, so that those of two threads do not mix.
final class Output {
    private volatile EventFormat format;

    Output(Logging.Format format) {
        this.format = formatter(format);
    }

    void format(Logging.Format changed) {
        format = formatter(changed);
    }

    void write(Event event) {
        byte[] line = format.format(event).getBytes(StandardCharsets.UTF_8);
        // Asked each time: tests and embedders put another stream in its place.
        PrintStream stream = System.err;
        stream.write(line, 0, line.length);
        stream.flush();
    }

    private static EventFormat formatter(Logging.Format format) {
        return switch (format) {
            case TEXT -> new TextFormat(isTerminal() && System.getenv("NO_COLOR") == null);
            case JSON -> new JsonFormat();
        };
    }

    /// Java cannot ask about the error stream alone; Linux can.
    private static boolean isTerminal() {
        Path stream = Path.of("/proc/self/fd/2");
        try {
            String target = Files.readSymbolicLink(stream).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException noProc) {
            return System.console().isTerminal();
        }
    }
}
