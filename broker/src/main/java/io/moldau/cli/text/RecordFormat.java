package io.moldau.cli.text;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// How one record is written: kcat's format strings.
///
/// | | |
/// |---|---|
/// | `%t %p %o` | topic, partition, offset |
/// | `%k %s %h` | key, value, headers as `name=value,…`, byte for byte; nothing for null |
/// | `%K %S` | length of key and value in bytes, -1 for null |
/// | `%R` | length of the value as four bytes, big-endian |
/// | `%T` | time stamp in milliseconds |
/// | `%%` | a percent sign |
/// | `\n \r \t \0 \\ \xHH` | that byte |
///
/// Source: the manual page of kcat, option `-f`.
public final class RecordFormat {
    private static final String FIELDS = "tpoksKSRTh";

    sealed interface Part {
        /// Bytes that stand in the format itself, each as one character of Latin-1.
        record Literal(String bytes) implements Part {}

        record Field(char letter) implements Part {}
    }

    private final List<Part> parts;

    private RecordFormat(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /// @throws IllegalArgumentException one sentence about what in it is no format
    public static RecordFormat parse(String format) {
        var parts = new ArrayList<Part>();
        var literal = new LiteralBytes();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%') {
                char letter = after(format, i++);
                if (letter == '%') {
                    literal.add("%");
                } else if (FIELDS.indexOf(letter) >= 0) {
                    literal.moveTo(parts);
                    parts.add(new Part.Field(letter));
                } else {
                    throw new IllegalArgumentException(
                            "%%%c is no field of a record; there are %s."
                                    .formatted(letter, "%t %p %o %k %s %h %K %S %R %T %%"));
                }
            } else if (c == '\\') {
                i += literal.addEscape(format, i);
            } else {
                int end = format.offsetByCodePoints(i, 1);
                literal.add(format.substring(i, end));
                i = end - 1;
            }
        }
        literal.moveTo(parts);
        return new RecordFormat(parts);
    }

    private static char after(String format, int index) {
        if (index + 1 >= format.length()) {
            throw new IllegalArgumentException(
                    "The format ends after %c; write %c%c for the sign itself."
                            .formatted(
                                    format.charAt(index),
                                    format.charAt(index),
                                    format.charAt(index)));
        }
        return format.charAt(index + 1);
    }

    /// The format as it may be parsed again.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var part : parts) {
            switch (part) {
                case Part.Field(var letter) -> text.append('%').append(letter);
                case Part.Literal(var bytes) -> {
                    bytes.chars().forEach(b -> text.append("\\x%02x".formatted(b)));
                }
            }
        }
        return text.toString();
    }

    public void write(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException {
        for (var part : parts) {
            switch (part) {
                case Part.Literal(var bytes) ->
                        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                case Part.Field(var letter) -> writeField(letter, record, out);
            }
        }
    }

    private static void writeField(
            char letter, ConsumerRecord<byte[], byte[]> record, OutputStream out)
            throws IOException {
        switch (letter) {
            case 't' -> writeText(record.topic(), out);
            case 'p' -> writeText(Integer.toString(record.partition()), out);
            case 'o' -> writeText(Long.toString(record.offset()), out);
            case 'T' -> writeText(Long.toString(record.timestamp()), out);
            case 'k' -> writeBytes(record.key(), out);
            case 's' -> writeBytes(record.value(), out);
            case 'K' -> writeText(Integer.toString(length(record.key())), out);
            case 'S' -> writeText(Integer.toString(length(record.value())), out);
            case 'R' -> out.write(ByteBuffer.allocate(4).putInt(length(record.value())).array());
            case 'h' -> writeHeaders(record, out);
            default -> throw new IllegalStateException("no field " + letter);
        }
    }

    private static void writeHeaders(ConsumerRecord<byte[], byte[]> record, OutputStream out)
            throws IOException {
        String before = "";
        for (Header header : record.headers()) {
            writeText(before + header.key() + "=", out);
            writeBytes(header.value(), out);
            before = ",";
        }
    }

    private static int length(byte[] bytes) {
        return bytes == null ? -1 : bytes.length;
    }

    private static void writeBytes(byte[] bytes, OutputStream out) throws IOException {
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static void writeText(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The bytes between two fields while the format is being read.
    private static final class LiteralBytes {
        private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

        void add(String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        /// Reads the escape at `index`.
        ///
        /// @return how many characters follow the backslash
        int addEscape(String format, int index) {
            char letter = after(format, index);
            switch (letter) {
                case 'n' -> bytes.write('\n');
                case 'r' -> bytes.write('\r');
                case 't' -> bytes.write('\t');
                case '0' -> bytes.write(0);
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(hexByte(format, index));
                    return 3;
                }
                default ->
                        throw new IllegalArgumentException(
                                "\\%c is no escape; there are \\n \\r \\t \\0 \\\\ \\xHH."
                                        .formatted(letter));
            }
            return 1;
        }

        private static int hexByte(String format, int index) {
            int end = Math.min(index + 4, format.length());
            var digits = format.substring(index + 2, end);
            if (!digits.matches("[0-9a-fA-F]{2}")) {
                throw new IllegalArgumentException(
                        "\\x%s is no byte; write two hexadecimal digits, as in \\x0a."
                                .formatted(digits));
            }
            return Integer.parseInt(digits, 16);
        }

        void moveTo(List<Part> parts) {
            if (bytes.size() > 0) {
                parts.add(new Part.Literal(bytes.toString(StandardCharsets.ISO_8859_1)));
                bytes.reset();
            }
        }
    }
}
