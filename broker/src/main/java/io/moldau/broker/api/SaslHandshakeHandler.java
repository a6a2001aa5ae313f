package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `SaslHandshake`, API key 17, versions 0–1, on a listener without SASL.
///
/// There is no handshake to be had there: ILLEGAL_SASL_STATE and no mechanisms, as Kafka answers,
/// so that a misconfigured client says what is wrong instead of reconnecting for ever.
public final class SaslHandshakeHandler
        implements RequestHandler<SaslHandshakeRequestData, SaslHandshakeResponseData> {
    @Override
    public ApiKeys key() {
        return ApiKeys.SASL_HANDSHAKE;
    }

    @Override
    public CompletableFuture<SaslHandshakeResponseData> handle(
            RequestContext context, SaslHandshakeRequestData request) {
        var error = Errors.ILLEGAL_SASL_STATE;
        return CompletableFuture.completedFuture(errorResponse(request, error, error.message()));
    }

    @Override
    public SaslHandshakeResponseData errorResponse(
            SaslHandshakeRequestData request, Errors error, String message) {
        return new SaslHandshakeResponseData().setErrorCode(error.code());
    }
}
