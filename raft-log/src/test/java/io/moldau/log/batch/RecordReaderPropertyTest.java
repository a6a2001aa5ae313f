package io.moldau.log.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// What the reader says of records, against how they were written byte by byte; also where numbers
/// take more bytes than they need.
class RecordReaderPropertyTest {
    /// @param padded which of the numbers are one byte longer than they need be
    record Written(
            long timeDelta,
            int offsetDelta,
            int keyLength,
            int valueLength,
            int headers,
            int padded) {}

    @Provide
    Arbitrary<List<Written>> records() {
        var length =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(-1, 3),
                        Arbitraries.integers().between(60, 70),
                        Arbitraries.integers().between(8_180, 8_200));
        var time =
                Arbitraries.oneOf(
                        Arbitraries.longs().between(-70, 70),
                        Arbitraries.longs().between(8_000, 8_400),
                        Arbitraries.longs());
        var offset =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 70),
                        Arbitraries.integers().between(0, 1 << 30));
        var headers =
                Arbitraries.frequencyOf(
                        Tuple.of(4, Arbitraries.just(0)),
                        Tuple.of(1, Arbitraries.integers().between(1, 3)));
        var padded =
                Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(0)),
                        Tuple.of(1, Arbitraries.integers().between(0, 63)));
        return Combinators.combine(time, offset, length, length, headers, padded)
                .as(Written::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Property(tries = 200)
    void readsWhatWasWritten(@ForAll("records") List<Written> records) {
        var batch = batch(records);
        var reader = new RecordReader();
        reader.open(batch, 0, batch.remaining());

        var read = new ArrayList<String>();
        for (var _ : records) {
            reader.next();
            read.add(reader.timestampDelta() + " " + reader.offsetDelta() + " " + reader.hasKey());
        }

        assertThat(read)
                .isEqualTo(
                        records.stream()
                                .map(record ->
                                        record.timeDelta()
                                                + " "
                                                + record.offsetDelta()
                                                + " "
                                                + (record.keyLength() >= 0))
                                .toList());
        assertThat(reader.atEnd()).isTrue();
    }

    @Property(tries = 200)
    void tellsWhereThePartsOfARecordAre(@ForAll("records") List<Written> records) {
        var bytes = batch(records).array();
        var reader = new RecordReader();
        reader.open(bytes, BatchLayout.HEADER_BYTES, bytes.length);

        int at = BatchLayout.HEADER_BYTES;
        for (var record : records) {
            reader.next();
            var whole = encoded(record);
            int body = whole.length - body(record).size();
            assertThat(reader.recordAt()).isEqualTo(at);
            assertThat(reader.recordEnd()).isEqualTo(at + whole.length);
            assertThat(reader.timestampAt()).isEqualTo(at + body + 1);
            assertThat(reader.timestampEnd())
                    .isEqualTo(
                            at + body + 1 + numberBytes(record.timeDelta(), record.padded() & 1));
            assertThat(reader.keyLength()).isEqualTo(record.keyLength());
            assertThat(reader.hasValue()).isEqualTo(record.valueLength() >= 0);
            for (int i = 0; i < record.keyLength(); i++) {
                assertThat(bytes[reader.keyAt() + i]).isEqualTo((byte) (i * 31));
            }
            at += whole.length;
        }
        assertThat(reader.atEnd()).isTrue();
    }

    private static int numberBytes(long value, int padded) {
        var out = new ByteArrayOutputStream();
        number(out, value, padded);
        return out.size();
    }

    private static ByteBuffer batch(List<Written> records) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[BatchLayout.HEADER_BYTES]);
        records.forEach(record -> bytes.writeBytes(encoded(record)));
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static ByteArrayOutputStream body(Written record) {
        var body = new ByteArrayOutputStream();
        body.write(0);
        number(body, record.timeDelta(), record.padded() & 1);
        number(body, record.offsetDelta(), record.padded() & 2);
        field(body, record.keyLength(), record.padded() & 4);
        field(body, record.valueLength(), record.padded() & 8);
        number(body, record.headers(), record.padded() & 16);
        for (int i = 0; i < record.headers(); i++) {
            field(body, i, 0);
            field(body, i - 1, 0);
        }
        return body;
    }

    private static byte[] encoded(Written record) {
        var body = body(record);
        var whole = new ByteArrayOutputStream();
        number(whole, body.size(), record.padded() & 32);
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int length, int padded) {
        number(out, length, padded);
        for (int i = 0; i < length; i++) {
            out.write(i * 31);
        }
    }

    private static void number(ByteArrayOutputStream out, long value, int padded) {
        long left = (value << 1) ^ (value >> 63);
        boolean isPadded = padded != 0 && Long.numberOfLeadingZeros(left) > 40;
        while ((left & ~0x7fL) != 0) {
            out.write((int) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.write((int) (isPadded ? left | 0x80 : left));
        if (isPadded) {
            out.write(0);
        }
    }
}
