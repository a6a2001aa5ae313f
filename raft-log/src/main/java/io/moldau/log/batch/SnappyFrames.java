package io.moldau.log.batch;

import java.nio.ByteBuffer;

/// The framing that Kafka's clients put around snappy, looked at before the codec does.
///
/// The codec makes room for whatever length a frame declares before it has seen the frame, half a
/// gigabyte for a hundred bytes of lies. Honest frames hold 32 KB; we grant much more, and no frame
/// may claim bytes that are not there.
///
/// ```
/// 0x82 'SNAPPY' 0 | version i32 | compatible version i32 | frames: length i32, block
/// ```
final class SnappyFrames {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int PREAMBLE_BYTES = 16;
    private static final int BLOCK_BYTES_MAX = 64 << 20;

    private SnappyFrames() {}

    /// @throws MalformedBatchException a frame claims what cannot be
    static void check(ByteBuffer payload) {
        if (payload.remaining() < PREAMBLE_BYTES || payload.getLong(0) != MAGIC) {
            checkBlock(payload, 0, payload.remaining()); // A single block without frames.
            return;
        }
        int at = PREAMBLE_BYTES;
        while (payload.limit() - at >= Integer.BYTES) {
            int length = payload.getInt(at);
            at += Integer.BYTES;
            if (length == (int) (MAGIC >>> 32)) { // Streams written one after the other.
                at += PREAMBLE_BYTES - Integer.BYTES;
                continue;
            }
            if (length < 0 || length > payload.limit() - at) {
                throw new MalformedBatchException("snappy frame of impossible length " + length);
            }
            checkBlock(payload, at, length);
            at += length;
        }
    }

    /// A block begins with its own uncompressed length, as an unsigned varint.
    private static void checkBlock(ByteBuffer payload, int at, int length) {
        long declared = 0;
        for (int i = 0; i < Math.min(5, length); i++) {
            byte next = payload.get(at + i);
            declared |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                break;
            }
        }
        if (declared > BLOCK_BYTES_MAX) {
            throw new MalformedBatchException("snappy block of impossible length " + declared);
        }
    }
}
