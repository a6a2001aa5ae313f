package io.moldau.broker.api;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;

/// Hands out producer ids, each once in the life of the cluster. Any thread.
///
/// They come from the quorum in blocks: what is left of a block when the node stops is never used,
/// so that no id needs a commit of its own.
public final class ProducerIds {
    private final int self;
    private final MetadataAccess metadata;
    private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean asking;

    public ProducerIds(int self, MetadataAccess metadata) {
        this.self = self;
        this.metadata = metadata;
    }

    /// The next id: at once, or when the quorum has granted another block. Fails with a retriable
    /// error when it did not.
    public CompletableFuture<Long> next() {
        var answer = new CompletableFuture<Long>();
        synchronized (this) {
            if (next < end) {
                return CompletableFuture.completedFuture(next++);
            }
            waiting.add(answer);
            if (asking) {
                return answer;
            }
            asking = true;
        }
        ask();
        return answer;
    }

    private void ask() {
        var node = metadata.image().node(self);
        if (node == null) {
            fail(new CoordinatorLoadInProgressException("this node is not registered yet"));
            return;
        }
        var _ =
                metadata.submit(new AllocateProducerIds(self, node.nodeEpoch()))
                        .whenComplete((outcome, failure) -> {
                            if (failure != null) {
                                fail(failure);
                            } else {
                                onOutcome(outcome);
                            }
                        });
    }

    private void onOutcome(Outcome outcome) {
        switch (outcome) {
            case Outcome.ProducerIdsAllocated(var first, var count) -> onBlock(first, count);
            case Outcome.Refused(_, var message) ->
                    fail(new CoordinatorLoadInProgressException(message));
            case Outcome.Accepted other ->
                    fail(new IllegalStateException("allocating producer ids came to " + other));
        }
    }

    private record Grant(CompletableFuture<Long> waiter, long id) {}

    private void onBlock(long first, int count) {
        List<Grant> grants = new ArrayList<>();
        boolean more;
        synchronized (this) {
            next = first;
            end = first + count;
            while (next < end && !waiting.isEmpty()) {
                grants.add(new Grant(waiting.remove(), next++));
            }
            more = !waiting.isEmpty();
            asking = more;
        }
        // Outside the lock: who waits may do as it pleases with its answer.
        grants.forEach(grant -> grant.waiter().complete(grant.id()));
        if (more) {
            ask();
        }
    }

    private void fail(Throwable reason) {
        List<CompletableFuture<Long>> failed;
        synchronized (this) {
            asking = false;
            failed = List.copyOf(waiting);
            waiting.clear();
        }
        failed.forEach(waiter -> waiter.completeExceptionally(reason));
    }
}
