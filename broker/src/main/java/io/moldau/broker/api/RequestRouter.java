package io.moldau.broker.api;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/// Finds the handler of an API key. What is registered here is what ApiVersions advertises.
public final class RequestRouter {
    private final Map<ApiKeys, RequestHandler<?, ?>> handlers = new EnumMap<>(ApiKeys.class);

    public RequestRouter(Collection<? extends RequestHandler<?, ?>> handlers) {
        handlers.forEach(this::register);
    }

    private void register(RequestHandler<?, ?> handler) {
        if (handlers.put(handler.key(), handler) != null) {
            throw new IllegalArgumentException("two handlers for " + handler.key());
        }
    }

    /// The handler of API key `id`; empty when nothing here serves it.
    public Optional<RequestHandler<?, ?>> handler(short id) {
        return ApiKeys.hasId(id)
                ? Optional.ofNullable(handlers.get(ApiKeys.forId(id)))
                : Optional.empty();
    }

    public Collection<RequestHandler<?, ?>> handlers() {
        return handlers.values();
    }
}
