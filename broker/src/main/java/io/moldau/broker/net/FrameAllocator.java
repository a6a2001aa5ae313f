package io.moldau.broker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.function.Supplier;

/// Chooses the buffer of the next read: the half frame's own while there is one, else one of a size
/// that follows what the socket has been giving.
///
/// This is what spares the copy out of a read buffer: the kernel writes a large frame's bytes to
/// where they stay until the log takes them. One allocator serves one channel.
final class FrameAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int GUESS_BYTES_MIN = 512;
    static final int GUESS_BYTES_MAX = 64 * 1024;

    private final Supplier<ByteBuf> halfFrame;
    private int guessBytes = 2048;
    private boolean readWasSmall;

    /// @param halfFrame the frame under way if it has room, and none for another frame's bytes;
    ///   else null
    FrameAllocator(Supplier<ByteBuf> halfFrame) {
        this.halfFrame = halfFrame;
    }

    /// After a large frame the next one is probably large too. A small buffer is then enough to
    /// learn its length, and little of it has to be copied into its own buffer.
    void expectLargeFrame() {
        guessBytes = GUESS_BYTES_MIN;
    }

    @Override
    public MaxMessageHandle newHandle() {
        return new FrameHandle();
    }

    private void learnFrom(int attempted, int actual) {
        if (actual == attempted) {
            guessBytes = Math.min(guessBytes * 4, GUESS_BYTES_MAX);
            readWasSmall = false;
        } else if (actual > 0 && actual < guessBytes / 2) {
            // Twice in a row: a single short read is often just the end of a burst.
            if (readWasSmall) {
                guessBytes = Math.max(guessBytes / 2, GUESS_BYTES_MIN);
            }
            readWasSmall = !readWasSmall;
        }
    }

    private final class FrameHandle extends MaxMessageHandle {
        private boolean intoHalfFrame;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            var half = halfFrame.get();
            intoHalfFrame = half != null;
            // The channel releases what it reads into when nothing came, so it gets its own count.
            return intoHalfFrame ? half.retain() : allocator.directBuffer(guessBytes, guessBytes);
        }

        @Override
        public int guess() {
            return guessBytes;
        }

        @Override
        public void lastBytesRead(int bytes) {
            if (!intoHalfFrame) {
                learnFrom(attemptedBytesRead(), bytes);
            }
            super.lastBytesRead(bytes);
        }
    }
}
