package io.moldau.broker.api;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `InitProducerId`, API key 22, versions 0–5.
///
/// An idempotent producer is given an id of its own and epoch 0. One that lost count of its
/// sequences raises its epoch by itself (KIP-360), so whoever comes here again gets a new id.
///
/// - v2: flexible versions
/// - v3: the producer's present id and epoch
/// - v4, v5: error codes of transactions
///
/// Transactions are not served: a transactional id is refused with UNSUPPORTED_VERSION, which no
/// client retries. The answer has no room for a sentence; the log has.
public final class InitProducerIdHandler
        implements RequestHandler<InitProducerIdRequestData, InitProducerIdResponseData> {
    private static final Logger LOGGER = LoggerFactory.getLogger(InitProducerIdHandler.class);
    private static final int NONE = -1;

    private final ProducerIds ids;

    public InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public CompletableFuture<InitProducerIdResponseData> handle(
            RequestContext context, InitProducerIdRequestData request) {
        var transactionalId = request.transactionalId();
        if ((request.producerId() == NONE) != (request.producerEpoch() == NONE)
                || (transactionalId != null && transactionalId.isEmpty())) {
            return Futures.done(refused(Errors.INVALID_REQUEST));
        }
        if (transactionalId != null) {
            LOGGER.atWarn()
                    .addKeyValue("transactionalId", transactionalId)
                    .addKeyValue("clientId", context.clientId())
                    .log("transactions are not served by this version; producer refused");
            return Futures.done(refused(Errors.UNSUPPORTED_VERSION));
        }
        return ids.next()
                .thenApply(id ->
                        new InitProducerIdResponseData()
                                .setProducerId(id)
                                .setProducerEpoch((short) 0));
    }

    private static InitProducerIdResponseData refused(Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(NONE)
                .setProducerEpoch((short) NONE);
    }

    @Override
    public InitProducerIdResponseData errorResponse(
            InitProducerIdRequestData request, Errors error, String message) {
        return refused(error);
    }
}
