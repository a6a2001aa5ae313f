package io.moldau.broker.net;

import io.moldau.broker.api.RequestContext;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/// Puts an answer into its frame: length, header, body.
final class ResponseEncoder {
    /// Room for records that will be copied, beyond which the buffer grows as it is written.
    private static final int ROOM_FOR_RECORDS_MAX = 128 * 1024;

    private ResponseEncoder() {}

    /// @param version the body's; the request's own but for a refused ApiVersions
    /// @return what to hand to the channel, in order. The answer's records are the channel's then;
    ///   when this throws they still belong to the caller.
    static List<Object> encode(
            ByteBufAllocator allocator, RequestContext context, short version, ApiMessage answer) {
        var sizes = new MessageSizeAccumulator();
        var cache = new ObjectSerializationCache();
        answer.addSize(sizes, cache, version);
        boolean taggedHeader = context.apiKey().responseHeaderVersion(version) >= 1;
        int frameBytes = Integer.BYTES + (taggedHeader ? 1 : 0) + sizes.totalSize();
        int recordBytes = sizes.totalSize() - sizes.sizeExcludingZeroCopy();

        var out =
                allocator.directBuffer(
                        Integer.BYTES
                                + frameBytes
                                - recordBytes
                                + Math.min(recordBytes, ROOM_FOR_RECORDS_MAX));
        try {
            var buffer = new ResponseBuffer(out);
            buffer.writeInt(frameBytes);
            buffer.writeInt(context.correlationId());
            if (taggedHeader) {
                buffer.writeUnsignedVarint(0); // No tagged fields.
            }
            answer.write(buffer, cache, version);
            if (buffer.sizeBytes() != Integer.BYTES + frameBytes) {
                throw new IllegalStateException(
                        "%s announced %d bytes and wrote %d"
                                .formatted(
                                        context.apiKey(),
                                        frameBytes,
                                        buffer.sizeBytes() - Integer.BYTES));
            }
            return buffer.parts();
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }
}
