package io.moldau.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ProducerSnapshotTest {
    private static ProducerEntry entry(long id, int batches) {
        var entry = new ProducerEntry(id, (short) 3);
        for (int i = 0; i < batches; i++) {
            entry.add(i * 10 + 9, i * 10 + 109, 9, 1_000 + i);
        }
        return entry;
    }

    private static void assertSame(ProducerEntry actual, ProducerEntry expected) {
        assertThat(actual.producerId).isEqualTo(expected.producerId);
        assertThat(actual.epoch).isEqualTo(expected.epoch);
        assertThat(actual.count()).isEqualTo(expected.count());
        for (int age = 0; age < expected.count(); age++) {
            assertThat(actual.lastSequence(age)).isEqualTo(expected.lastSequence(age));
            assertThat(actual.lastOffset(age)).isEqualTo(expected.lastOffset(age));
            assertThat(actual.offsetDelta(age)).isEqualTo(expected.offsetDelta(age));
            assertThat(actual.timestamp(age)).isEqualTo(expected.timestamp(age));
        }
    }

    @Test
    void comesBackAsItWas() {
        // given
        var entries = List.of(entry(1, 0), entry(2, 1), entry(3, 5), entry(4, 9));

        // when
        var decoded = ProducerSnapshot.decode(ProducerSnapshot.encode(entries)).orElseThrow();

        // then
        assertThat(decoded).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertSame(decoded.get(i), entries.get(i));
        }
    }

    @Test
    void readsWhatKafkaWrote() {
        // given
        var kafkas = ByteBuffer.allocate(10 + 46);
        kafkas.putShort((short) 1).putInt(0).putInt(1);
        kafkas.putLong(42).putShort((short) 3).putInt(9).putLong(109).putInt(9).putLong(1_000);
        kafkas.putInt(-1).putLong(-1).flip();
        var crc = new CRC32C();
        crc.update(kafkas.slice(6, 50));
        kafkas.putInt(2, (int) crc.getValue());

        // when
        var decoded = ProducerSnapshot.decode(kafkas).orElseThrow();

        // then
        assertSame(decoded.getFirst(), entry(42, 1));
    }

    @Test
    void refusesEveryTruncation() {
        // given
        var whole = ProducerSnapshot.encode(List.of(entry(1, 5)));

        for (int length = 0; length < whole.remaining(); length++) {
            // when
            var decoded = ProducerSnapshot.decode(whole.slice(0, length));

            // then
            assertThat(decoded).as("length %d", length).isEmpty();
        }
    }
}
