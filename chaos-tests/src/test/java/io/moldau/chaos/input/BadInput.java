package io.moldau.chaos.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Makes bad input from a seed. What it makes is one stretch of bytes for a connection, whole
/// frames or not.
final class BadInput {
    private static final int GARBAGE_BYTES_MAX = 2_000;
    private static final int FLIPS_MAX = 8;
    private static final short UNKNOWN_KEY = 1_000;
    private static final short UNKNOWN_VERSION = 999;

    private final Random random;
    private final String topic;

    BadInput(Random random, String topic) {
        this.random = random;
        this.topic = topic;
    }

    byte[] next() {
        return switch (random.nextInt(9)) {
            case 0 -> garbage();
            case 1 -> ofLength(-1 - random.nextInt(Integer.MAX_VALUE));
            case 2 -> ofLength(Integer.MAX_VALUE - random.nextInt(1_000_000));
            case 3 -> truncated(framed(request()));
            case 4 -> framed(garbage());
            case 5 -> framed(header(UNKNOWN_KEY, (short) 0));
            case 6 -> framed(header(ApiKeys.forId(random.nextInt(60)).id, UNKNOWN_VERSION));
            default -> framed(flipped(request()));
        };
    }

    private byte[] garbage() {
        var bytes = new byte[1 + random.nextInt(GARBAGE_BYTES_MAX)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] ofLength(int length) {
        var body = garbage();
        return ByteBuffer.allocate(Integer.BYTES + body.length).putInt(length).put(body).array();
    }

    private byte[] truncated(byte[] frame) {
        return Arrays.copyOf(frame, 1 + random.nextInt(frame.length - 1));
    }

    private byte[] flipped(byte[] bytes) {
        for (int flips = 1 + random.nextInt(FLIPS_MAX); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return bytes;
    }

    private static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static byte[] header(short key, short version) {
        return ByteBuffer.allocate(10)
                .putShort(key)
                .putShort(version)
                .putInt(1)
                .putShort((short) -1)
                .array();
    }

    /// A request that would be right as it is.
    private byte[] request() {
        return switch (random.nextInt(6)) {
            case 0 ->
                    bytes(
                            ApiKeys.METADATA,
                            new MetadataRequestData()
                                    .setTopics(
                                            List.of(
                                                    new MetadataRequestData.MetadataRequestTopic()
                                                            .setName(topic)))
                                    .setAllowAutoTopicCreation(false));
            case 1 ->
                    bytes(
                            ApiKeys.FETCH,
                            new FetchRequestData()
                                    .setMaxWaitMs(0)
                                    .setMinBytes(0)
                                    .setMaxBytes(1_000_000));
            case 2 ->
                    bytes(
                            ApiKeys.JOIN_GROUP,
                            new JoinGroupRequestData()
                                    .setGroupId("strangers")
                                    .setSessionTimeoutMs(6_000)
                                    .setRebalanceTimeoutMs(6_000)
                                    .setProtocolType("consumer"));
            case 3 ->
                    bytes(
                            ApiKeys.OFFSET_COMMIT,
                            new OffsetCommitRequestData().setGroupId("strangers"));
            case 4 ->
                    bytes(
                            ApiKeys.API_VERSIONS,
                            new ApiVersionsRequestData()
                                    .setClientSoftwareName("stranger")
                                    .setClientSoftwareVersion("1"));
            default -> produce();
        };
    }

    /// Version 9 names the topic. The checksum covers the batch, so a flip in it must not get
    /// through.
    private byte[] produce() {
        var records =
                MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord("strange".getBytes(UTF_8)));
        var partition =
                new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records);
        var data = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1_000);
        data.topicData()
                .add(
                        new ProduceRequestData.TopicProduceData()
                                .setName(topic)
                                .setPartitionData(List.of(partition)));
        return bytes(ApiKeys.PRODUCE, (short) 9, data);
    }

    private static byte[] bytes(ApiKeys key, ApiMessage data) {
        return bytes(key, key.latestVersion(), data);
    }

    private static byte[] bytes(ApiKeys key, short version, ApiMessage data) {
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(key.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(1)
                        .setClientId("stranger");
        var head =
                MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                        .buffer();
        var body = MessageUtil.toByteBufferAccessor(data, version).buffer();
        var bytes = ByteBuffer.allocate(head.remaining() + body.remaining());
        return bytes.put(head).put(body).array();
    }
}
