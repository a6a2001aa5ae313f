package io.moldau.broker.net;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Requests as a client puts them on the wire.
final class Frames {
    private Frames() {}

    /// A whole frame, its length included.
    static byte[] frame(ApiKeys key, int version, int correlationId, ApiMessage body) {
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(key.id)
                        .setRequestApiVersion((short) version)
                        .setCorrelationId(correlationId)
                        .setClientId("toy");
        var headerBytes = bytes(header, key.requestHeaderVersion((short) version));
        var bodyBytes = bytes(body, (short) version);
        return withLength(
                ByteBuffer.allocate(headerBytes.remaining() + bodyBytes.remaining())
                        .put(headerBytes)
                        .put(bodyBytes)
                        .array());
    }

    static byte[] withLength(byte[] content) {
        return ByteBuffer.allocate(Integer.BYTES + content.length)
                .putInt(content.length)
                .put(content)
                .array();
    }

    static ByteBuffer bytes(ApiMessage message, short version) {
        return MessageUtil.toByteBufferAccessor(message, version).buffer();
    }

    /// Reads `content`, which is a frame without its length, into `answer`.
    static <S extends ApiMessage> S answer(S answer, int version, ByteBuffer content) {
        var key = ApiKeys.forId(answer.apiKey());
        content.position(key.responseHeaderVersion((short) version) == 0 ? 4 : 5);
        answer.read(new ByteBufferAccessor(content), (short) version);
        return answer;
    }

    static byte[] metadata(int correlationId) {
        return frame(ApiKeys.METADATA, 9, correlationId, new MetadataRequestData().setTopics(null));
    }

    /// A Produce whose records are `content`, whatever that is.
    static byte[] produce(int correlationId, int acks, byte[] content) {
        var partition =
                new PartitionProduceData()
                        .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(content)));
        var topic = new TopicProduceData().setName("t");
        topic.partitionData().add(partition);
        var request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(1_000);
        request.topicData().add(topic);
        return frame(ApiKeys.PRODUCE, 9, correlationId, request);
    }

    static ByteBuffer recordsOf(ProduceRequestData request) {
        var topic = request.topicData().iterator().next();
        return ((MemoryRecords) topic.partitionData().getFirst().records()).buffer();
    }

    /// A pool of one arena with chunks of 1 MiB, which tells what is in use.
    static PooledByteBufAllocator pool() {
        return new PooledByteBufAllocator(true, 0, 1, 8192, 7, 0, 0, false);
    }
}
