package io.moldau.quorum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// The log of this node's division, for as long as it leads; brought straight to Ratis, with no hop
/// to another thread.
final class LocalLog implements Route {
    private final RaftServer.Division division;
    private final ClientId clientId = ClientId.randomId();
    private final Queue<Long> replied = new ConcurrentLinkedQueue<>();
    private final AtomicLong lastCallId = new AtomicLong();

    LocalLog(RaftServer.Division division) {
        this.division = division;
    }

    @Override
    public CompletableFuture<Long> append(Message entry) {
        long callId = lastCallId.incrementAndGet();
        try {
            return ((RaftClientAsynchronousProtocol) division)
                    .submitClientRequestAsync(request(entry, callId))
                    .whenComplete((_, _) -> replied.add(callId))
                    .thenApply(LocalLog::index);
        } catch (IOException | RuntimeException failure) {
            replied.add(callId);
            return CompletableFuture.failedFuture(failure);
        }
    }

    private RaftClientRequest request(Message entry, long callId) {
        // Ratis remembers every answer for a while unless told that it has arrived.
        var acknowledged = new ArrayList<Long>();
        for (var id = replied.poll(); id != null; id = replied.poll()) {
            acknowledged.add(id);
        }
        var member = division.getMemberId();
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(member.getPeerId())
                .setGroupId(member.getGroupId())
                .setCallId(callId)
                .setRepliedCallIds(acknowledged)
                .setMessage(entry)
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    private static long index(@Nullable RaftClientReply reply) {
        if (reply == null || !reply.isSuccess()) {
            var cause = reply == null ? null : reply.getException();
            throw new QuorumUnavailableException(
                    "the metadata quorum has no leader here",
                    cause == null ? new IOException("no reason given") : cause);
        }
        return reply.getLogIndex();
    }
}
