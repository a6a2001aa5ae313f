package io.moldau.quorum;

import io.moldau.metadata.CommandCodec;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.proto.metadata.Command;
import io.moldau.proto.metadata.CommandBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/// The commands of one log entry.
///
/// As the message of the Raft request it reaches the apply thread of the node that submitted it as
/// it is; only the others, and a restart, decode the bytes.
final class Batch implements Message {
    /// A command on its way; `future` completes with what it was decided to.
    record Submission(
            MetadataCommand command, Command encoded, CompletableFuture<Outcome> future) {}

    private final List<Submission> submissions;
    private final ByteString content;

    Batch(List<Submission> submissions) {
        this.submissions = submissions;
        var batch = CommandBatch.newBuilder();
        submissions.forEach(submission -> batch.addCommands(submission.encoded()));
        this.content = UnsafeByteOperations.unsafeWrap(batch.build().toByteArray());
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    List<Submission> submissions() {
        return submissions;
    }

    void fail(RuntimeException reason) {
        submissions.forEach(submission -> submission.future().completeExceptionally(reason));
    }

    /// The commands in the bytes of a log entry.
    static List<MetadataCommand> decode(ByteString content) {
        try {
            var batch = CommandBatch.parseFrom(content.asReadOnlyByteBuffer());
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
