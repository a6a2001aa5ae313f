package io.moldau.chaos.history;

import io.moldau.chaos.history.Operation.Stage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Writes a history as it happens. Any thread may call: a line's place and time are given together,
/// so the file is in the order of both.
///
/// What is written reaches the file when the buffer is full or at [#close()].
public final class HistoryWriter implements AutoCloseable {
    private static final int BUFFER_CHARS = 1 << 16;

    private final BufferedWriter out;
    private final LongSupplier nanos;
    private final AtomicInteger nextProcess = new AtomicInteger();
    private final StringBuilder head = new StringBuilder();
    private long nextIndex;
    private boolean closed;

    private HistoryWriter(BufferedWriter out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
    }

    /// Begins a history; a file that is there is replaced.
    ///
    /// @param nanos the run's clock
    public static HistoryWriter open(Path file, LongSupplier nanos) {
        try {
            var writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
            return new HistoryWriter(new BufferedWriter(writer, BUFFER_CHARS), nanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A process number that nobody has had.
    public int newProcess() {
        return nextProcess.getAndIncrement();
    }

    /// Notes that something begins. Called before it does.
    ///
    /// @return the line's time
    public long invoke(int process, String f, Value value) {
        return write(process, Stage.INVOKE, f, value, Notes.NONE);
    }

    /// Notes how it ended. Called after it did.
    ///
    /// @return the line's time
    public long complete(int process, Stage type, String f, Value value, Notes notes) {
        return write(process, type, f, value, notes);
    }

    /// Notes that the process's client vanished without a word.
    public void crash(int process, Notes notes) {
        invoke(process, "crash", new Value.None());
        complete(process, Stage.INFO, "crash", new Value.None(), notes);
    }

    private long write(int process, Stage type, String f, Value value, Notes notes) {
        var body = new StringBuilder(64);
        OperationText.body(body, process, type, f, value, notes);
        return append(body.append('\n'));
    }

    /// Writes something for people: a comment, which readers pass over.
    public synchronized void note(String text) {
        if (closed) {
            return;
        }
        try {
            out.append("; ").append(text.replace('\n', ' ')).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized long append(CharSequence body) {
        long now = nanos.getAsLong();
        if (closed) {
            return now; // A client that was given up may come back late; nobody waits for it.
        }
        head.setLength(0);
        OperationText.head(head, nextIndex++, now);
        try {
            out.append(head).append(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return now;
    }

    /// How many lines there are.
    public synchronized long size() {
        return nextIndex;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
