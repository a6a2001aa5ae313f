package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Answers one API key, at every version between [#minVersion()] and [#maxVersion()].
///
/// Called on the connection's event loop, so it must not block. The answer may be completed by any
/// thread; the connection puts answers back into request order.
///
/// @param <Q> the schema's request class
/// @param <S> the schema's response class
public interface RequestHandler<Q extends ApiMessage, S extends ApiMessage> {
    ApiKeys key();

    /// The oldest version advertised.
    default short minVersion() {
        return key().oldestVersion();
    }

    /// The newest version advertised: the schema's newest that is not marked unstable.
    default short maxVersion() {
        return key().latestVersion(false);
    }

    /// @return the answer; a `null` value means that the protocol wants none (Produce with
    ///   `acks=0`). A future that fails is answered with [#errorResponse] and the error that the
    ///   exception stands for.
    CompletableFuture<S> handle(RequestContext context, Q request);

    /// The schema's way to say that the whole request was refused.
    S errorResponse(Q request, Errors error, String message);

    /// True if the request's records are slices of the frame it came in, which must then live until
    /// the answer.
    default boolean keepsRequestBuffer() {
        return false;
    }

    /// True if a request of this key may start while earlier ones of the same key and connection
    /// are still unanswered. Any other request waits for them, as every request does in Kafka.
    default boolean pipelines() {
        return false;
    }
}
