package io.moldau.chaos.fuzz;

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

/// Requests of every API key and version, made from the schemas that Kafka's classes carry, with
/// names that are there often enough to get past the first question.
final class RandomRequests {
    private static final List<String> TEXTS =
            List.of(
                    "fuzz",
                    "fuzz",
                    "fuzz",
                    "group",
                    "member",
                    "range",
                    "consumer",
                    "0",
                    "",
                    "-1",
                    "retention.ms",
                    "__consumer_offsets",
                    "no such",
                    "a.b_c-d",
                    "..",
                    "/",
                    "\u0000");

    private final Random random;
    private final List<ApiKeys> keys =
            Arrays.stream(ApiKeys.values()).filter(ApiKeys::hasValidVersion).toList();
    private final BatchTarget batches = new BatchTarget();

    RandomRequests(Random random) {
        this.random = random;
    }

    /// A frame without its length.
    byte[] next() {
        var key = keys.get(random.nextInt(keys.size()));
        short version = (short) random.nextInt(key.oldestVersion(), key.latestVersion(true) + 1);
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(key.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(random.nextInt())
                        .setClientId(text());
        var headerBytes =
                MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                        .buffer();
        var body = body(key.messageType.requestSchemas()[version]);
        return ByteBuffer.allocate(headerBytes.remaining() + body.remaining())
                .put(headerBytes)
                .put(body)
                .array();
    }

    private ByteBuffer body(Schema schema) {
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
            case "INT8" -> (byte) number();
            case "INT16" -> (short) number();
            case "UINT16" -> random.nextInt(1 << 16);
            case "INT32", "VARINT" -> number();
            case "UINT32" -> (long) random.nextInt(Integer.MAX_VALUE);
            case "INT64", "VARLONG" -> (long) number() << random.nextInt(32);
            case "FLOAT64" -> random.nextDouble();
            case "UUID" ->
                    random.nextBoolean()
                            ? Uuid.ZERO_UUID
                            : new Uuid(random.nextLong(), random.nextLong());
            case "STRING", "COMPACT_STRING", "NULLABLE_STRING", "COMPACT_NULLABLE_STRING" -> text();
            case "BYTES", "COMPACT_BYTES", "NULLABLE_BYTES", "COMPACT_NULLABLE_BYTES" ->
                    ByteBuffer.wrap(bytes());
            case "RECORDS", "COMPACT_RECORDS", "NULLABLE_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                    MemoryRecords.readableRecords(ByteBuffer.wrap(records()));
            default -> throw new IllegalArgumentException("no values for " + name);
        };
    }

    private int number() {
        return random.nextInt(6) == 0 ? random.nextInt() : random.nextInt(-1, 8);
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private byte[] bytes() {
        var bytes = new byte[random.nextInt(8) == 0 ? random.nextInt(3_000) : random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] records() {
        return switch (random.nextInt(4)) {
            case 0 -> bytes();
            case 1 -> batches.mutated(batches.fresh(random), random);
            default -> batches.fresh(random);
        };
    }
}
