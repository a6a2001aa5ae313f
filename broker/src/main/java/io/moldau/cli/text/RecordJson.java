package io.moldau.cli.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// One record as one JSON object; bytes that are no UTF-8 stand as Base64 under `keyBase64`,
/// `valueBase64`.
public final class RecordJson {
    private RecordJson() {}

    public static String of(ConsumerRecord<byte[], byte[]> record) {
        var object = new LinkedHashMap<String, Object>();
        object.put("topic", record.topic());
        object.put("partition", record.partition());
        object.put("offset", record.offset());
        object.put("timestamp", record.timestamp());
        put(object, "key", record.key());
        put(object, "value", record.value());
        var headers = new ArrayList<Map<String, Object>>();
        for (var header : record.headers()) {
            var one = new LinkedHashMap<String, Object>();
            one.put("name", header.key());
            put(one, "value", header.value());
            headers.add(one);
        }
        object.put("headers", headers);
        return Json.of(object);
    }

    private static void put(Map<String, Object> object, String name, byte[] bytes) {
        if (bytes == null) {
            object.put(name, null);
            return;
        }
        try {
            object.put(
                    name,
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException notText) {
            object.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
