package io.moldau.broker.net;

import io.moldau.broker.api.RequestHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;

/// The requests of one connection that are not answered yet, in the order in which they came.
///
/// Kafka answers in this order, and it does not even start a request before the one ahead of it is
/// answered. We keep to that, with one exception: requests of one key whose handler says so
/// ([RequestHandler#pipelines()]) run side by side. A producer with five requests in flight then
/// has its batches written by one flush. What they do to one partition, or one group, still happens
/// in their order: handlers are called in the order of arrival, on one thread, and hand their work
/// to the shard's queue, which is first in, first out.
final class ExchangeQueue {
    /// Requests that run side by side. Clients have five to ten in flight, if any.
    static final int LENGTH_MAX = 100;

    private final Deque<Exchange> queue = new ArrayDeque<>(4);
    private ApiKeys running = ApiKeys.API_VERSIONS;

    /// True if a request for `handler` may start now.
    boolean admits(RequestHandler<?, ?> handler) {
        return queue.isEmpty()
                || (handler.pipelines() && handler.key() == running && queue.size() < LENGTH_MAX);
    }

    void add(Exchange exchange) {
        queue.addLast(exchange);
        running = exchange.context.apiKey();
    }

    /// Hands out what is done, up to the first that is not.
    ///
    /// @return true if anything was
    boolean drainTo(Consumer<Exchange> out) {
        boolean any = false;
        for (var first = queue.peekFirst();
                first != null && !first.isOpen();
                first = queue.peekFirst()) {
            queue.pollFirst();
            out.accept(first);
            any = true;
        }
        return any;
    }

    void forEach(Consumer<Exchange> action) {
        queue.forEach(action);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
