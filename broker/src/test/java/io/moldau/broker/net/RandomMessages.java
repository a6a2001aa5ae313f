package io.moldau.broker.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Well-formed frames of every API key and version, with values of every kind, made from the
/// schemas that the generated classes carry.
final class RandomMessages {
    private final Random random;
    private final List<ApiKeys> keys =
            Arrays.stream(ApiKeys.values()).filter(ApiKeys::hasValidVersion).toList();

    RandomMessages(Random random) {
        this.random = random;
    }

    /// A frame without its length.
    byte[] nextRequest() {
        var key = keys.get(random.nextInt(keys.size()));
        short version = (short) random.nextInt(key.oldestVersion(), key.latestVersion(true) + 1);
        return frame(key, version, key.messageType.requestSchemas()[version]);
    }

    private byte[] frame(ApiKeys key, short version, Schema schema) {
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(key.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(random.nextInt())
                        .setClientId(text());
        var headerBytes =
                MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                        .buffer();
        var body = body(schema);
        return ByteBuffer.allocate(headerBytes.remaining() + body.remaining())
                .put(headerBytes)
                .put(body)
                .array();
    }

    /// Any message of `schema`, be it a request's or an answer's.
    ByteBuffer body(Schema schema) {
        var values = struct(schema);
        var body = ByteBuffer.allocate(schema.sizeOf(values));
        schema.write(body, values);
        return body.flip();
    }

    private Struct struct(Schema schema) {
        var struct = new Struct(schema);
        for (var field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private Object value(Type type) {
        if (type.isNullable() && random.nextInt(8) == 0) {
            return null;
        }
        if (type.isArray()) {
            return array(type.arrayElementType().orElseThrow());
        }
        return switch (type) {
            case TaggedFields tagged -> tags(tagged);
            case Schema nested -> struct(nested);
            default -> scalar(type.toString());
        };
    }

    private Object[] array(Type element) {
        int length = random.nextInt(3);
        var values = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            values.add(value(element));
        }
        return values.toArray();
    }

    private Map<Integer, Object> tags(TaggedFields type) {
        var values = new TreeMap<Integer, Object>();
        for (var known : type.fields().entrySet()) {
            if (random.nextBoolean()) {
                Field field = known.getValue();
                values.put(known.getKey(), value(field.type));
            }
        }
        return values;
    }

    private Object scalar(String name) {
        return switch (name) {
            case "BOOLEAN" -> random.nextBoolean();
            case "INT8" -> (byte) random.nextInt();
            case "INT16" -> (short) number();
            case "UINT16" -> random.nextInt(1 << 16);
            case "INT32", "VARINT" -> number();
            case "UINT32" -> (long) random.nextInt(Integer.MAX_VALUE);
            case "INT64", "VARLONG" -> (long) number() << random.nextInt(32);
            case "FLOAT64" -> random.nextDouble();
            case "UUID" -> new Uuid(random.nextLong(), random.nextLong());
            case "STRING", "COMPACT_STRING", "NULLABLE_STRING", "COMPACT_NULLABLE_STRING" -> text();
            case "BYTES", "COMPACT_BYTES", "NULLABLE_BYTES", "COMPACT_NULLABLE_BYTES" -> bytes();
            case "RECORDS", "COMPACT_RECORDS", "NULLABLE_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                    MemoryRecords.readableRecords(bytes());
            default -> throw new IllegalArgumentException("no values for " + name);
        };
    }

    private int number() {
        return random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-1, 20);
    }

    private String text() {
        return "x".repeat(random.nextInt(12));
    }

    private ByteBuffer bytes() {
        var bytes = new byte[random.nextInt(8) == 0 ? random.nextInt(5_000) : random.nextInt(40)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
