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

/// The commands of one log entry, and in its submitter's hands the state of its journey.
///
/// ```
/// entry: submitter 8 | sequence 8 | CommandBatch
/// ```
///
/// Submitter and sequence let every node know an entry that came into the log twice, see [Ledger].
final class Batch implements Message {
    static final int HEADER_BYTES = 16;

    /// No entry has it.
    static final long NO_SEQUENCE = 0;

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

    static long submitterOf(ByteString entry) {
        return entry.asReadOnlyByteBuffer().getLong(0);
    }

    static long sequenceOf(ByteString entry) {
        return entry.asReadOnlyByteBuffer().getLong(Long.BYTES);
    }

    /// Loads the classes of the messages.
    static void warmUp() {
        decode(new Batch(0, NO_SEQUENCE, List.of()).getContent());
    }

    /// The commands in the bytes of a log entry.
    static List<MetadataCommand> decode(ByteString entry) {
        try {
            var body = entry.asReadOnlyByteBuffer().position(HEADER_BYTES);
            var batch = CommandBatch.parseFrom(body.slice());
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
