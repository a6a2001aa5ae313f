package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// `SaslAuthenticate`, API key 36, versions 0–2, on a listener without SASL.
///
/// - v1: session lifetime (KIP-368)
/// - v2: flexible versions
///
/// Always ILLEGAL_SASL_STATE: whoever comes here is let in as he is.
public final class SaslAuthenticateHandler
        implements RequestHandler<SaslAuthenticateRequestData, SaslAuthenticateResponseData> {
    private static final String NOT_ASKED_FOR =
            "This listener does not authenticate: set security.protocol to PLAINTEXT.";

    @Override
    public ApiKeys key() {
        return ApiKeys.SASL_AUTHENTICATE;
    }

    @Override
    public CompletableFuture<SaslAuthenticateResponseData> handle(
            RequestContext context, SaslAuthenticateRequestData request) {
        return CompletableFuture.completedFuture(
                errorResponse(request, Errors.ILLEGAL_SASL_STATE, NOT_ASKED_FOR));
    }

    @Override
    public SaslAuthenticateResponseData errorResponse(
            SaslAuthenticateRequestData request, Errors error, String message) {
        return new SaslAuthenticateResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
