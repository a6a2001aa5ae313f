package io.moldau.broker.net;

import io.moldau.broker.api.RequestContext;
import io.moldau.broker.api.RequestHandler;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// A handler that does what a test wants. Produce keeps its frame and pipelines, as the real one.
record Toy<Q extends ApiMessage, S extends ApiMessage>(
        ApiKeys key, BiFunction<RequestContext, Q, CompletableFuture<S>> does)
        implements RequestHandler<Q, S> {
    /// Answers at once, with the schema's default answer.
    static Toy<ApiMessage, ApiMessage> prompt(ApiKeys key) {
        return new Toy<>(
                key, (_, _) -> CompletableFuture.completedFuture(key.messageType.newResponse()));
    }

    @Override
    public CompletableFuture<S> handle(RequestContext context, Q request) {
        return does.apply(context, request);
    }

    @Override
    @SuppressWarnings("unchecked") // The key's own answer.
    public S errorResponse(Q request, Errors error, String message) {
        S answer = (S) key.messageType.newResponse();
        switch (answer) {
            case MetadataResponseData metadata -> metadata.setErrorCode(error.code());
            case FetchResponseData fetch -> fetch.setErrorCode(error.code());
            case ProduceResponseData produce -> produce.setThrottleTimeMs(error.code());
            default -> {
                // Nothing is asked about the others.
            }
        }
        return answer;
    }

    @Override
    public boolean keepsRequestBuffer() {
        return key == ApiKeys.PRODUCE;
    }

    @Override
    public boolean pipelines() {
        return key == ApiKeys.PRODUCE;
    }
}
