package io.moldau.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.api.RequestContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ResponseEncoderTest {
    private static final int CORRELATION_ID = 0x01020304;
    private static final int MESSAGES_PER_VERSION = 5;
    private static final PooledByteBufAllocator POOL = Frames.pool();

    /// Kafka's own way to bytes is the dull one to compare with: header and body, each into a
    /// buffer of its own.
    @ParameterizedTest
    @EnumSource(ApiKeys.class)
    void writesTheBytesThatKafkaWrites(ApiKeys key) {
        if (!key.hasValidVersion()) {
            return; // A key that is only a number by now.
        }
        var random = new RandomMessages(new Random(key.id));
        for (short version : key.allVersions()) {
            for (int i = 0; i < MESSAGES_PER_VERSION; i++) {
                var body = random.body(key.messageType.responseSchemas()[version]);
                var answer = key.messageType.newResponse();
                answer.read(new ByteBufferAccessor(body), version);

                assertThat(encoded(key, version, answer))
                        .as("%s version %d", key, version)
                        .isEqualTo(expected(key, version, answer));
            }
        }
    }

    private static byte[] encoded(ApiKeys key, short version, ApiMessage answer) {
        var context = new RequestContext(key, version, CORRELATION_ID, "", null);
        List<Object> parts = ResponseEncoder.encode(POOL, context, version, answer);
        var whole = Unpooled.wrappedBuffer(parts.toArray(ByteBuf[]::new));
        var bytes = ByteBufUtil.getBytes(whole);
        whole.release();
        assertThat(POOL.pinnedDirectMemory()).isZero();
        return bytes;
    }

    private static byte[] expected(ApiKeys key, short version, ApiMessage answer) {
        var header =
                MessageUtil.toByteBufferAccessor(
                                new ResponseHeaderData().setCorrelationId(CORRELATION_ID),
                                key.responseHeaderVersion(version))
                        .buffer();
        var body = MessageUtil.toByteBufferAccessor(answer, version).buffer();
        return Frames.withLength(
                ByteBuffer.allocate(header.remaining() + body.remaining())
                        .put(header)
                        .put(body)
                        .array());
    }
}
