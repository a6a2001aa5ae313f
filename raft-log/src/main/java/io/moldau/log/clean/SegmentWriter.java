package io.moldau.log.clean;

import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentNames;
import java.nio.ByteBuffer;

/// Writes the segment that takes the place of some others, under names that a crash makes void.
/// Belongs to one thread.
final class SegmentWriter {
    private final CleanJob job;
    private final ByteBuffer buffer;
    private final Pace pace;
    private final Segment segment;

    SegmentWriter(CleanJob job, long baseOffset, ByteBuffer buffer, Pace pace) {
        this.job = job;
        this.buffer = buffer.clear();
        this.pace = pace;
        this.segment =
                Segment.createAside(
                        job.disk(),
                        job.files(),
                        job.folder(),
                        baseOffset,
                        SegmentNames.CLEANED,
                        job.nowMs());
    }

    void add(ByteBuffer source, int at, int size) {
        if (size > buffer.remaining()) {
            flush();
        }
        if (size > buffer.capacity()) {
            write(source.slice(at, size));
        } else {
            buffer.put(buffer.position(), source, at, size).position(buffer.position() + size);
        }
    }

    private void flush() {
        if (buffer.position() > 0) {
            buffer.flip();
            write(buffer);
            buffer.clear();
        }
    }

    private void write(ByteBuffer batches) {
        int count = batches.remaining();
        segment.appendAll(batches, job.limits().indexIntervalBytes());
        pace.spend(count);
    }

    /// The segment with its indexes, all of it on the platter.
    Segment finish() {
        flush();
        segment.seal();
        segment.files().force();
        return segment;
    }

    void abandon() {
        segment.files().remove();
    }
}
