package io.moldau.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
    private static final ConsumerRecord<byte[], byte[]> RECORD =
            record("schlüssel".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, (byte) 0xff});

    @Test
    void writesEachFieldOfARecord() throws IOException {
        // when
        var written = written("%t %p %o %k %K %S %T %h %%\\n", RECORD);

        // then
        assertThat(new String(written, StandardCharsets.UTF_8))
                .isEqualTo("orders 3 42 schlüssel 10 3 1700000000000 trace=abc,empty= %\n");
    }

    @Test
    void writesKeyAndValueByteForByte() throws IOException {
        assertThat(written("%s", RECORD)).containsExactly(1, 2, 0xff);
    }

    @Test
    void writesTheLengthOfTheValueAsFourBytes() throws IOException {
        assertThat(written("%R", RECORD)).containsExactly(0, 0, 0, 3);
    }

    @Test
    void writesNothingForNullAndMinusOneAsItsLength() throws IOException {
        assertThat(written("[%k|%s|%K|%S]", record(null, null))).asString().isEqualTo("[||-1|-1]");
    }

    @Test
    void understandsEscapes() throws IOException {
        assertThat(written("a\\t\\r\\n\\0\\\\\\x41\\xff€", RECORD))
                .containsExactly('a', '\t', '\r', '\n', 0, '\\', 'A', 0xff, 0xe2, 0x82, 0xac);
    }

    @Test
    void saysWhatIsNoFormat() {
        assertThatThrownBy(() -> RecordFormat.parse("%q")).hasMessageContaining("%q is no field");
        assertThatThrownBy(() -> RecordFormat.parse("50%")).hasMessageContaining("write %%");
        assertThatThrownBy(() -> RecordFormat.parse("\\q"))
                .hasMessageContaining("\\q is no escape");
        assertThatThrownBy(() -> RecordFormat.parse("\\x4"))
                .hasMessageContaining("\\x4 is no byte");
    }

    /// A format that is printed and parsed again writes the same bytes.
    @Property(tries = 200)
    void survivesBeingPrinted(@ForAll("formats") String format) throws IOException {
        var printed = RecordFormat.parse(format).toString();

        assertThat(written(printed, RECORD)).isEqualTo(written(format, RECORD));
        assertThat(RecordFormat.parse(printed)).hasToString(printed);
    }

    @Provide
    Arbitrary<String> formats() {
        var pieces =
                Arbitraries.of(
                        "%t",
                        "%p", "%o", "%k", "%s", "%K", "%S", "%R", "%T", "%h", "%%", "\\n", "\\t",
                        "\\\\", "\\x00", "\\xe9", "plain", "ü", "😀", " ", "\"", "\n");
        return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
    }

    private static byte[] written(String format, ConsumerRecord<byte[], byte[]> record)
            throws IOException {
        var out = new ByteArrayOutputStream();
        RecordFormat.parse(format).write(record, out);
        return out.toByteArray();
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        var headers =
                new RecordHeaders(
                        List.of(
                                new RecordHeader("trace", "abc".getBytes(StandardCharsets.UTF_8)),
                                new RecordHeader("empty", null)));
        return new ConsumerRecord<>(
                "orders",
                3,
                42,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }
}
