package io.moldau.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesEachKindOfValue() {
        // given
        var object = new LinkedHashMap<String, Object>();
        object.put("name", "a \"b\"\\\n\t\u0001");
        object.put("count", 3L);
        object.put("ok", true);
        object.put("nothing", null);
        object.put("list", List.of(1, "x", Map.of()));
        object.put("rate", Double.NaN);

        // when
        var json = Json.of(object);

        // then
        assertThat(json)
                .isEqualTo(
                        "{\"name\":\"a \\\"b\\\"\\\\\\n\\t\\u0001\",\"count\":3,\"ok\":true,"
                                + "\"nothing\":null,\"list\":[1,\"x\",{}],\"rate\":null}");
    }

    /// What is written reads back as what it was, and is UTF-8 even for halves of characters.
    @Property(tries = 200)
    void keepsEveryText(@ForAll String text) {
        var json = Json.of(text);

        assertThat(read(json)).isEqualTo(text);
        assertThat(new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(json);
    }

    /// The dull second way: RFC 8259's string, character by character.
    private static String read(String json) {
        var text = new StringBuilder();
        for (int i = 1; i < json.length() - 1; i++) {
            char c = json.charAt(i);
            assertThat(c).isNotIn('"', '\n').isGreaterThanOrEqualTo(' ');
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = json.charAt(++i);
            if (escape == 'u') {
                text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                int at = "\"\\nrt".indexOf(escape);
                assertThat(at).isNotNegative();
                text.append("\"\\\n\r\t".charAt(at));
            }
        }
        return text.toString();
    }
}
