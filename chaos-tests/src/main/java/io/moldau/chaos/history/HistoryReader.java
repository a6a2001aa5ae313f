package io.moldau.chaos.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Reads a history line by line; no more than one of them is in memory. Empty lines and comments
/// (`;`) are passed over.
public final class HistoryReader {
    private static final int BUFFER_CHARS = 1 << 16;

    private HistoryReader() {}

    /// Gives every operation of `file` to `reader`, in the file's order.
    ///
    /// @throws IllegalArgumentException a line is no operation; the message says which, and why
    public static void read(Path file, Consumer<Operation> reader) {
        try (var in =
                new BufferedReader(
                        Files.newBufferedReader(file, StandardCharsets.UTF_8), BUFFER_CHARS)) {
            long number = 0;
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (!line.isBlank() && line.charAt(0) != ';') {
                    reader.accept(numbered(parse(line, file, number), number));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One line.
    ///
    /// @throws IllegalArgumentException it is no operation
    public static Operation parse(String line) {
        return OperationParser.parse(line);
    }

    private static Operation parse(String line, Path file, long number) {
        try {
            return OperationParser.parse(line);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s, line %d: %s".formatted(file, number, e.getMessage()), e);
        }
    }

    /// A history without indexes is numbered by its lines, from 0.
    private static Operation numbered(Operation op, long number) {
        return op.index() >= 0
                ? op
                : new Operation(
                        number - 1,
                        op.timeNanos(),
                        op.process(),
                        op.type(),
                        op.f(),
                        op.value(),
                        op.notes());
    }
}
