package io.moldau.quorum;

import io.moldau.metadata.CommandCodec;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.Outcome;
import io.moldau.quorum.Batch.Submission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.jspecify.annotations.Nullable;

/// Brings commands into the log in the order in which they were submitted; those that wait together
/// go into one entry.
///
/// A few entries are under way at a time: while the disk syncs one, the next one fills. There is no
/// thread here; whoever brings a command, or the end of an entry, sends what can be sent. One at a
/// time does so ([#pump()]), so that the order holds.
final class Submitter {
    /// Entries under way at a time.
    private static final int DEPTH = 3;

    private static final int MAX_COMMANDS = 1000;
    private static final int MAX_BATCH_BYTES = 900 * 1024;

    /// The rest of an entry is Ratis's.
    static final int MAX_COMMAND_BYTES = RatisSettings.MAX_ENTRY_BYTES - 64 * 1024;

    private final RaftClientAsynchronousProtocol division;
    private final RaftGroupMemberId member;
    private final ClientId clientId = ClientId.randomId();
    private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();
    private final Queue<Long> replied = new ConcurrentLinkedQueue<>();
    private final Set<Batch> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger pumping = new AtomicInteger();
    private long lastCallId; // Only the pumping thread's.
    private volatile @Nullable String stopped;

    Submitter(RaftClientAsynchronousProtocol division, RaftGroupMemberId member) {
        this.division = division;
        this.member = member;
    }

    CompletableFuture<Outcome> submit(MetadataCommand command) {
        var encoded = CommandCodec.encode(command);
        if (encoded.getSerializedSize() > MAX_COMMAND_BYTES) {
            return CompletableFuture.completedFuture(
                    new Outcome.Refused(
                            Errors.MESSAGE_TOO_LARGE,
                            "The change takes %d bytes, more than the %d that the metadata log takes."
                                    .formatted(encoded.getSerializedSize(), MAX_COMMAND_BYTES)));
        }
        var future = new CompletableFuture<Outcome>();
        waiting.add(new Submission(command, encoded, future));
        pump();
        return future;
    }

    /// Fails what waits and what is under way, and all that comes later.
    void stop(String reason) {
        stopped = reason;
        underWay.forEach(batch -> batch.fail(new QuorumUnavailableException(reason)));
        pump();
    }

    private void pump() {
        if (pumping.getAndIncrement() > 0) {
            return; // Whoever is at it will look again.
        }
        int seen = 1;
        do {
            while (!waiting.isEmpty() && (stopped != null || underWay.size() < DEPTH)) {
                send(new Batch(take()));
            }
            seen = pumping.addAndGet(-seen);
        } while (seen > 0);
    }

    private List<Submission> take() {
        var taken = new ArrayList<Submission>();
        int bytes = 0;
        for (var next = waiting.peek(); next != null; next = waiting.peek()) {
            bytes += next.encoded().getSerializedSize();
            if (!taken.isEmpty() && (bytes > MAX_BATCH_BYTES || taken.size() == MAX_COMMANDS)) {
                break;
            }
            taken.add(next);
            waiting.remove();
        }
        return taken;
    }

    private void send(Batch batch) {
        underWay.add(batch);
        var reason = stopped; // After adding: whoever stops us meanwhile finds the batch there.
        if (reason != null) {
            underWay.remove(batch);
            batch.fail(new QuorumUnavailableException(reason));
            return;
        }
        long callId = ++lastCallId;
        try {
            var _ =
                    division.submitClientRequestAsync(request(batch, callId))
                            .whenComplete((reply, failure) -> ended(batch, callId, reply, failure));
        } catch (IOException | RuntimeException failure) {
            ended(batch, callId, null, failure);
        }
    }

    private RaftClientRequest request(Batch batch, long callId) {
        // Ratis remembers every answer for a while unless told that it has arrived.
        var acknowledged = new ArrayList<Long>();
        for (var id = replied.poll(); id != null; id = replied.poll()) {
            acknowledged.add(id);
        }
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(member.getPeerId())
                .setGroupId(member.getGroupId())
                .setCallId(callId)
                .setRepliedCallIds(acknowledged)
                .setMessage(batch)
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    /// The commands of an applied batch have their outcomes by now; what is left to tell is
    /// failure.
    private void ended(
            Batch batch,
            long callId,
            @Nullable RaftClientReply reply,
            @Nullable Throwable failure) {
        underWay.remove(batch);
        replied.add(callId);
        if (failure != null) {
            batch.fail(new QuorumUnavailableException("the metadata log took no entry", failure));
        } else if (reply == null || !reply.isSuccess()) {
            var cause = reply == null ? null : reply.getException();
            batch.fail(
                    new QuorumUnavailableException(
                            "the metadata quorum has no leader here", asCause(cause)));
        }
        pump();
    }

    private static Throwable asCause(@Nullable Throwable cause) {
        return cause == null ? new IOException("no reason given") : cause;
    }
}
