package io.moldau.broker.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;

/// Cuts a connection's byte stream into frames: a length of 4 bytes, then as many bytes.
///
/// A frame that arrived whole is a slice of the read buffer. Any other gets a buffer as soon as its
/// length is known and the budget grants it, and [FrameAllocator] lets the socket read straight
/// into it. A length is only a promise: what is taken on it alone is [#UNPROVEN_BYTES], and the
/// buffer doubles as bytes come. A connection that has kept such promises gets its next frames'
/// buffers whole, so that a producer's bytes are copied while it introduces itself and never again.
///
/// What arrived behind a closed gate is kept and cut later.
final class FrameReader {
    /// What a length alone is given of a frame's buffer.
    static final int UNPROVEN_BYTES = 64 * 1024;

    /// From this size on, reading the next frame's length with a small buffer first costs less than
    /// copying the beginning of that frame.
    private static final int LARGE_FRAME_BYTES = 32 * 1024;

    private static final int LENGTH_UNKNOWN = -1;

    private final Receiver receiver;
    private final ReadGate gate;
    private final MemoryBudget budget;
    private final int frameBytesMax;
    private final FrameAllocator allocator = new FrameAllocator(this::halfWithRoom);

    private final Deque<ByteBuf> arrived = new ArrayDeque<>(2);
    private int lengthBytesSeen;
    private int lengthSoFar;
    private int frameBytes = LENGTH_UNKNOWN;
    private int heldBytes; // Of the budget, for the frame under way.
    private int wantedBytes;
    private MemoryBudget.Leave waiting;
    private ByteBuf half;
    private int provenBytes = UNPROVEN_BYTES;
    private boolean cutting;
    private boolean closed;

    /// Where frames go.
    interface Receiver {
        /// Takes over the frame, and its bytes in the budget.
        void onFrame(ByteBuf frame);

        /// The stream cannot be understood, or not be held, from here on.
        void onBadFrame(String reason);
    }

    FrameReader(Receiver receiver, ReadGate gate, MemoryBudget budget, int frameBytesMax) {
        this.receiver = receiver;
        this.gate = gate;
        this.budget = budget;
        this.frameBytesMax = frameBytesMax;
    }

    FrameAllocator allocator() {
        return allocator;
    }

    /// True while memory is held for a frame whose end has not come.
    boolean holdsHalfFrame() {
        return half != null;
    }

    private ByteBuf halfWithRoom() {
        return half != null && half.isWritable() ? half : null;
    }

    @SuppressWarnings("ReferenceEquality") // The socket was lent this very buffer.
    void onBytes(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (closed) {
            bytes.release();
        } else if (bytes == half) {
            bytes.release(); // The channel's own count; ours stays.
            if (half.writerIndex() == frameBytes) {
                receiver.onFrame(takeHalf());
            } else if (!half.isWritable()) {
                growHalf(ctx);
            }
        } else {
            arrived.addLast(bytes);
            cut(ctx);
        }
    }

    /// Goes on with what has arrived, then with the socket. Called when the gate opens.
    void resume(ChannelHandlerContext ctx) {
        if (!closed) {
            cut(ctx);
        }
    }

    private void cut(ChannelHandlerContext ctx) {
        if (cutting) {
            return; // An answer opened the gate from within; the loop below goes on by itself.
        }
        cutting = true;
        try {
            while (!closed && gate.isOpen() && !arrived.isEmpty()) {
                var bytes = arrived.peekFirst();
                while (!closed && gate.isOpen() && bytes.isReadable()) {
                    step(ctx, bytes);
                }
                if (!closed && !bytes.isReadable()) {
                    arrived.pollFirst().release();
                }
            }
        } finally {
            cutting = false;
        }
        if (!closed) {
            gate.resume();
        }
    }

    private void step(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (half != null) {
            fillHalf(ctx, bytes);
        } else if (frameBytes == LENGTH_UNKNOWN) {
            readLength(bytes);
        } else if (holds(ctx, Math.min(frameBytes, Math.max(provenBytes, bytes.readableBytes())))) {
            startFrame(ctx.alloc(), bytes);
        }
    }

    private void fillHalf(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (half.isWritable() || growHalf(ctx)) {
            half.writeBytes(bytes, Math.min(half.writableBytes(), bytes.readableBytes()));
        }
        if (half != null && half.writerIndex() == frameBytes) {
            receiver.onFrame(takeHalf());
        }
    }

    /// Doubles the half frame's buffer, which keeps its address in [FrameAllocator]'s eyes.
    ///
    /// @return false if the memory is not there (yet); the gate is closed then
    private boolean growHalf(ChannelHandlerContext ctx) {
        int bytes = (int) Math.min(frameBytes, 2L * half.capacity());
        if (!holds(ctx, bytes)) {
            return false;
        }
        try {
            half.capacity(bytes);
            return true;
        } catch (OutOfMemoryError e) {
            refuseForMemory();
            return false;
        }
    }

    private void readLength(ByteBuf bytes) {
        if (lengthBytesSeen == 0 && bytes.readableBytes() >= Integer.BYTES) {
            lengthSoFar = bytes.readInt();
            lengthBytesSeen = Integer.BYTES;
        } else {
            lengthSoFar = (lengthSoFar << Byte.SIZE) | bytes.readUnsignedByte();
            lengthBytesSeen++;
        }
        if (lengthBytesSeen < Integer.BYTES) {
            return;
        }
        if (lengthSoFar < 0) {
            receiver.onBadFrame("negative frame length " + lengthSoFar);
        } else if (lengthSoFar > frameBytesMax) {
            receiver.onBadFrame(
                    "frame of " + lengthSoFar + " bytes, more than socket.request.max.bytes");
        } else if (lengthSoFar == 0) {
            receiver.onBadFrame("empty frame");
        } else {
            frameBytes = lengthSoFar;
            lengthSoFar = 0;
            lengthBytesSeen = 0;
        }
    }

    /// Sees to it that the frame under way holds `bytes` of the budget; waits in line where it
    /// cannot.
    private boolean holds(ChannelHandlerContext ctx, int bytes) {
        if (heldBytes >= bytes) {
            return true;
        }
        int missing = bytes - heldBytes;
        if (heldBytes == 0 ? budget.tryTake(missing) : budget.tryTakeMore(missing)) {
            heldBytes = bytes;
            return true;
        }
        gate.close(ReadGate.NO_MEMORY);
        wantedBytes = bytes;
        waiting = budget.await(missing, heldBytes, ctx.executor(), () -> onGranted(ctx));
        return false;
    }

    private void onGranted(ChannelHandlerContext ctx) {
        if (closed) {
            return; // close() gave the bytes back, as it could no longer leave the line.
        }
        waiting = null;
        heldBytes = wantedBytes;
        if (half != null) {
            growHalf(ctx); // The socket reads on into it, if nothing has arrived meanwhile.
        }
        if (gate.open(ReadGate.NO_MEMORY)) {
            resume(ctx);
        }
    }

    private void startFrame(ByteBufAllocator alloc, ByteBuf bytes) {
        if (bytes.readableBytes() >= frameBytes) {
            var frame = bytes.readRetainedSlice(frameBytes);
            endFrame();
            receiver.onFrame(frame);
            return;
        }
        try {
            half = alloc.directBuffer(heldBytes, frameBytes);
        } catch (OutOfMemoryError e) {
            refuseForMemory();
            return;
        }
        half.writeBytes(bytes);
    }

    private void refuseForMemory() {
        receiver.onBadFrame("no direct memory left for a frame of " + frameBytes + " bytes");
    }

    private ByteBuf takeHalf() {
        var frame = half;
        half = null;
        if (frameBytes >= LARGE_FRAME_BYTES) {
            allocator.expectLargeFrame();
        }
        // Its next frames may be somewhat larger, and need no second proof.
        provenBytes = (int) Math.max(provenBytes, Math.min(frameBytesMax, 2L * frameBytes));
        endFrame();
        return frame;
    }

    private void endFrame() {
        frameBytes = LENGTH_UNKNOWN;
        heldBytes = 0;
    }

    /// Lets go of everything held. Idempotent.
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        // A grant that is already on its way to this loop will find the reader closed.
        boolean grantedTooLate = waiting != null && !waiting.leave();
        budget.giveBack(grantedTooLate ? wantedBytes : heldBytes);
        if (half != null) {
            half.release();
            half = null;
        }
        arrived.forEach(ByteBuf::release);
        arrived.clear();
    }
}
