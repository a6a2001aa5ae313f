package io.moldau.broker.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.log.segment.FileSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

class CopiedSliceTest {
    private final Held held = new Held("abcdef".getBytes(UTF_8));

    @Test
    void letsGoOfTheFileAtOnce() {
        CopiedSlice.of(held);

        assertThat(held.references).isZero();
    }

    @Test
    void givesTheSameBytesAsOftenAsAsked() {
        var copied = CopiedSlice.of(held);

        assertThat(read(copied, 6)).isEqualTo("abcdef");
        assertThat(read(copied, 6)).isEqualTo("abcdef");
    }

    @Test
    void givesItsBeginningWhereAnAnswerHasNoRoomForAll() {
        var shortened = new ShortenedSlice(CopiedSlice.of(held), 4);

        assertThat(read(shortened, 4)).isEqualTo("abcd");
    }

    private static String read(FileSlice slice, int length) {
        var into = ByteBuffer.allocate(length);
        slice.readFully(into);
        return new String(into.array(), 0, into.position(), UTF_8);
    }

    private static final class Held implements FileSlice {
        private final byte[] bytes;
        private int references = 1;

        private Held(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public FileChannel channel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public void readFully(ByteBuffer into) {
            into.put(bytes);
        }

        @Override
        public void retain() {
            references++;
        }

        @Override
        public void release() {
            references--;
        }
    }
}
