package io.moldau.log.segment;

import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Walks the batches of a stretch of a file, from header to header.
///
/// Stops at the end of the stretch, or where no whole and sane batch follows: then [#flaw()] says
/// what is wrong there. Belongs to one thread.
public final class BatchScanner {
    private static final int ATTRIBUTES_AT = 21;

    /// Read at first, when it is not known how large batches are here.
    private static final int GLANCE_BYTES = 512;

    private final ByteSource file;
    private final ByteBuffer buffer;
    private final long end;
    private final boolean checksCrc;
    private final CRC32C crc;
    private long bufferStart;
    private long position;
    private int sizeBytes;
    private int stepBytes;
    private int headerAt;
    private String flaw;
    private long flawedEndOffset = -1;

    /// @param scratch memory to read through, at least as large as a header; used by nobody else
    ///   meanwhile
    /// @param end where the stretch ends, which should be the end of a batch
    /// @param checksCrc whether the batches' content is looked at, too
    public BatchScanner(
            ByteSource file, ByteBuffer scratch, long start, long end, boolean checksCrc) {
        this.file = file;
        this.buffer = scratch;
        this.end = end;
        this.checksCrc = checksCrc;
        this.crc = checksCrc ? new CRC32C() : null;
        this.position = start;
        this.bufferStart = start;
        buffer.clear().limit(0);
    }

    /// Steps to the next batch. False at the end, sane or not.
    public boolean next() {
        stepBytes = sizeBytes;
        position += stepBytes;
        sizeBytes = 0;
        if (position >= end) {
            return false;
        }
        if (end - position < BatchLayout.HEADER_BYTES || !locate(BatchLayout.HEADER_BYTES)) {
            return flawed("the file ends within a header");
        }
        return checkHeader() && (!checksCrc || checkCrc());
    }

    private boolean checkHeader() {
        long size = BatchLayout.sizeBytes(buffer, headerAt);
        if (size < BatchLayout.HEADER_BYTES || size > Integer.MAX_VALUE) {
            return flawed("batch of impossible size " + size);
        }
        if (BatchLayout.magic(buffer, headerAt) != BatchLayout.MAGIC) {
            return flawed("message format v" + BatchLayout.magic(buffer, headerAt));
        }
        if (size > end - position) {
            return flawed("batch of %d bytes ends after %d".formatted(size, end - position));
        }
        if (baseOffset() < 0 || BatchLayout.lastOffsetDelta(buffer, headerAt) < 0) {
            return flawed("batch of impossible offsets");
        }
        sizeBytes = (int) size;
        return true;
    }

    private boolean checkCrc() {
        int stored = BatchLayout.crc(buffer, headerAt);
        long batchEndOffset = lastOffset() + 1;
        crc.reset();
        long at = position + ATTRIBUTES_AT;
        long batchEnd = position + sizeBytes;
        while (at < batchEnd) {
            int index = (int) (at - bufferStart);
            int count = (int) (Math.min(batchEnd, bufferEnd()) - at);
            crc.update(buffer.slice(index, count));
            at += count;
            if (at < batchEnd && !fill(at)) {
                return flawed("the file ends within a batch");
            }
        }
        if ((int) crc.getValue() != stored) {
            flawedEndOffset = batchEndOffset;
            return flawed("wrong CRC");
        }
        // The header may have left the buffer.
        return locate(BatchLayout.HEADER_BYTES);
    }

    private boolean flawed(String what) {
        flaw = what;
        sizeBytes = 0;
        return false;
    }

    /// Sees to it that `count` bytes from the batch's beginning on are in the buffer.
    private boolean locate(int count) {
        if (position < bufferStart || position + count > bufferEnd()) {
            fill(position);
        }
        headerAt = (int) (position - bufferStart);
        return position + count <= bufferEnd();
    }

    private boolean fill(long from) {
        buffer.clear();
        buffer.limit((int) Math.min(fillBytes(), end - from));
        bufferStart = from;
        file.read(buffer, from);
        buffer.flip();
        return buffer.hasRemaining();
    }

    /// As much as the buffer takes, but of large batches only the headers: more than one of those
    /// does not fit into it.
    private int fillBytes() {
        if (checksCrc) {
            return buffer.capacity();
        }
        if (stepBytes == 0) {
            return Math.min(GLANCE_BYTES, buffer.capacity());
        }
        return stepBytes > buffer.capacity() / 2 ? BatchLayout.HEADER_BYTES : buffer.capacity();
    }

    private long bufferEnd() {
        return bufferStart + buffer.limit();
    }

    /// What is wrong at [#position()]; null if the stretch ended as it should.
    public String flaw() {
        return flaw;
    }

    /// The first offset behind a batch whose content is damaged, as its header has it; -1 when
    /// already the header is wrong.
    long flawedEndOffset() {
        return flawedEndOffset;
    }

    /// Where the batch begins in the file; after the last one, where the good part ends.
    public long position() {
        return position;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /// The buffer that holds the header, at index [#headerAt()], until the next step.
    public ByteBuffer header() {
        return buffer;
    }

    public int headerAt() {
        return headerAt;
    }

    /// The whole batch, in a buffer of its own.
    public ByteBuffer wholeBatch() {
        var batch = ByteBuffer.allocate(sizeBytes);
        file.read(batch, position);
        return batch.flip();
    }

    public long baseOffset() {
        return BatchLayout.baseOffset(buffer, headerAt);
    }

    public long lastOffset() {
        return BatchLayout.lastOffset(buffer, headerAt);
    }

    /// The largest of its records' time stamps; -1 when compaction has left none of them.
    public long maxTimestamp() {
        return BatchLayout.recordCount(buffer, headerAt) == 0
                ? BatchLayout.NO_TIMESTAMP
                : BatchLayout.maxTimestamp(buffer, headerAt);
    }
}
