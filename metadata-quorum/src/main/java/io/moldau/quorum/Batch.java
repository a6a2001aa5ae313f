package io.moldau.quorum;

import io.moldau.metadata.CommandCodec;
import io.moldau.metadata.MetadataCommand;
import io.moldau.proto.metadata.CommandBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/// The commands that one submitter brings together, and in its hands the state of their journey.
///
/// ```
/// batch: submitter 8 | sequence 8 | CommandBatch
/// entry: 0 8 | committed 8 | (length 4 | batch) *
/// ```
///
/// Submitter and sequence let every node know a batch that came into the log twice, see [Ledger].
/// Batches that reach the leader together share an entry, see [GatheredLog]. Each entry says up to
/// where the log was committed when it was written, for [LogTail]. Before, an entry was a batch.
final class Batch implements Message {
    static final int HEADER_BYTES = 16;

    /// Before each batch of an entry.
    static final int LENGTH_BYTES = 4;

    /// No submitter is called so: what begins with it is an entry, not a batch.
    static final long NO_SUBMITTER = 0;

    private final long submitter;
    private final long sequence;
    private final List<Submission> submissions;
    private volatile ByteString content;

    // Its submitter's, under that one's lock.
    private boolean sent;
    private boolean abandoned;
    private long loggedAt = -1;

    Batch(long submitter, long sequence, List<Submission> submissions) {
        this.submitter = submitter;
        this.sequence = sequence;
        this.submissions = submissions;
        var batch = CommandBatch.newBuilder();
        for (var submission : submissions) {
            if (submission.encoded() != null) {
                batch.addCommands(submission.encoded());
            }
        }
        this.content = content(batch.build());
    }

    private ByteString content(CommandBatch commands) {
        var bytes = ByteBuffer.allocate(HEADER_BYTES + commands.getSerializedSize());
        bytes.putLong(submitter).putLong(sequence).put(commands.toByteArray());
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    long sequence() {
        return sequence;
    }

    List<Submission> submissions() {
        return submissions;
    }

    boolean isSent() {
        return sent;
    }

    void sent(boolean yes) {
        sent = yes;
        loggedAt = -1;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /// Nobody waits for it any more, but its number must come into the log before the next one can:
    /// it goes on with no commands in it.
    void abandon() {
        abandoned = true;
        content = content(CommandBatch.getDefaultInstance());
    }

    /// Index of the entry that the leader says it became; -1 while that is not known.
    long loggedAt() {
        return loggedAt;
    }

    void loggedAt(long index) {
        loggedAt = index;
    }

    long deadlineNanos() {
        return submissions.getFirst().deadlineNanos();
    }

    void fail(RuntimeException reason) {
        submissions.forEach(submission -> submission.fail(reason));
    }

    /// A batch as a log entry has it.
    ///
    /// @param body the commands, encoded
    record Part(long submitter, long sequence, ByteString body) {
        private static Part of(ByteString batch) {
            var header = batch.asReadOnlyByteBuffer();
            return new Part(header.getLong(), header.getLong(), batch.substring(HEADER_BYTES));
        }

        List<MetadataCommand> commands() {
            return decode(body);
        }
    }

    /// The batches of a log entry, in their order.
    static List<Part> parts(ByteString entry) {
        var bytes = entry.asReadOnlyByteBuffer();
        if (bytes.getLong() != NO_SUBMITTER) {
            return List.of(Part.of(entry));
        }
        bytes.position(HEADER_BYTES);
        var parts = new ArrayList<Part>();
        while (bytes.hasRemaining()) {
            int length = bytes.getInt();
            parts.add(Part.of(entry.substring(bytes.position(), bytes.position() + length)));
            bytes.position(bytes.position() + length);
        }
        return parts;
    }

    /// Up to which index the log was committed when this entry was written; -1 when it does not
    /// say.
    static long committedIn(ByteString entry) {
        var bytes = entry.asReadOnlyByteBuffer();
        return bytes.remaining() >= HEADER_BYTES && bytes.getLong() == NO_SUBMITTER
                ? bytes.getLong()
                : -1;
    }

    /// One log entry of these batches, of which there may be none.
    static ByteString entry(long committed, List<ByteString> batches) {
        int size = HEADER_BYTES;
        for (var batch : batches) {
            size += LENGTH_BYTES + batch.size();
        }
        var entry = ByteBuffer.allocate(size).putLong(NO_SUBMITTER).putLong(committed);
        for (var batch : batches) {
            entry.putInt(batch.size()).put(batch.asReadOnlyByteBuffer());
        }
        return UnsafeByteOperations.unsafeWrap(entry.array());
    }

    /// Loads the classes of the messages.
    static void warmUp() {
        var content = new Batch(1, 1, List.of()).getContent();
        parts(entry(0, List.of(content))).forEach(Part::commands);
    }

    private static List<MetadataCommand> decode(ByteString body) {
        try {
            var batch = CommandBatch.parseFrom(body.asReadOnlyByteBuffer());
            var commands = new ArrayList<MetadataCommand>(batch.getCommandsCount());
            for (var command : batch.getCommandsList()) {
                commands.add(CommandCodec.decode(command));
            }
            return commands;
        } catch (IOException broken) {
            throw new UncheckedIOException("a metadata log entry cannot be decoded", broken);
        }
    }
}
