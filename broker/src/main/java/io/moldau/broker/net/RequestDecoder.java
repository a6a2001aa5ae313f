package io.moldau.broker.net;

import io.moldau.broker.api.Connection;
import io.moldau.broker.api.RequestContext;
import io.moldau.broker.api.RequestHandler;
import io.moldau.broker.api.RequestRouter;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/// Makes a request of a frame with Kafka's generated classes. Records stay slices of the frame.
///
/// Of bytes behind a well-formed request nothing is said, as in Kafka: they are ignored.
final class RequestDecoder {
    private static final int KEY_AND_VERSION_BYTES = 2 * Short.BYTES;

    private final RequestRouter router;

    RequestDecoder(RequestRouter router) {
        this.router = router;
    }

    /// What a frame turned out to be.
    sealed interface Decoded {
        record Call(
                RequestHandler<ApiMessage, ApiMessage> handler,
                RequestContext context,
                ApiMessage request)
                implements Decoded {}

        /// ApiVersions at a version that is not served. It alone is answered rather than refused:
        /// the client learns from the answer which version to use instead.
        record UnknownApiVersions(
                RequestHandler<ApiMessage, ApiMessage> handler, RequestContext context)
                implements Decoded {}

        /// Not a request that is served here; Kafka closes the connection without a word.
        record Refused(String reason) implements Decoded {}
    }

    /// The handler of the request in `frame`, found without decoding it; null if there is none.
    RequestHandler<ApiMessage, ApiMessage> peekHandler(ByteBuf frame) {
        return frame.readableBytes() < KEY_AND_VERSION_BYTES
                ? null
                : handler(frame.getShort(frame.readerIndex()));
    }

    @SuppressWarnings("unchecked") // Its own schema decides what a handler is given.
    private RequestHandler<ApiMessage, ApiMessage> handler(short apiKey) {
        return (RequestHandler<ApiMessage, ApiMessage>) router.handler(apiKey).orElse(null);
    }

    Decoded decode(ByteBuf frame, Connection connection) {
        if (frame.readableBytes() < KEY_AND_VERSION_BYTES) {
            return new Decoded.Refused("frame of " + frame.readableBytes() + " bytes");
        }
        short apiKey = frame.getShort(frame.readerIndex());
        short version = frame.getShort(frame.readerIndex() + Short.BYTES);
        var handler = handler(apiKey);
        if (handler == null) {
            return new Decoded.Refused("API key " + apiKey + " is not served");
        }
        boolean served = version >= handler.minVersion() && version <= handler.maxVersion();
        if (!served && handler.key() != ApiKeys.API_VERSIONS) {
            return new Decoded.Refused(handler.key() + " version " + version + " is not served");
        }
        try {
            return decode(frame.nioBuffer(), handler, version, served, connection);
        } catch (RuntimeException e) {
            // The generated readers throw whatever comes: underflow, schema, negative sizes.
            return new Decoded.Refused(
                    handler.key() + " version " + version + " cannot be read: " + e);
        }
    }

    private static Decoded decode(
            ByteBuffer frame,
            RequestHandler<ApiMessage, ApiMessage> handler,
            short version,
            boolean served,
            Connection connection) {
        var key = handler.key();
        var bytes = new ByteBufferAccessor(frame);
        var header = new RequestHeaderData(bytes, key.requestHeaderVersion(version));
        var context =
                new RequestContext(
                        key,
                        version,
                        header.correlationId(),
                        Objects.requireNonNullElse(header.clientId(), ""),
                        connection);
        if (!served) {
            return new Decoded.UnknownApiVersions(handler, context);
        }
        var request = key.messageType.newRequest();
        request.read(bytes, version);
        return new Decoded.Call(handler, context, request);
    }

    /// What an [Decoded.UnknownApiVersions] was, as far as it matters for refusing it.
    static ApiMessage anyApiVersionsRequest() {
        return new ApiVersionsRequestData();
    }
}
