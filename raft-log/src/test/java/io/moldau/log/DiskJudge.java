package io.moldau.log;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.log.batch.BatchLayout;
import java.nio.ByteBuffer;

/// Compares the log of a [DiskHistory] with its model.
final class DiskJudge {
    /// How a process ended.
    enum Stop {
        CLEAN,
        KILL,
        CRASH
    }

    private final DiskHistory history;
    private final DiskModel model;

    /// An order was interrupted: it may have been carried out, in part or not at all.
    boolean unsure;

    /// Where a log may begin anew because of an interrupted order; -1 for none.
    long anewAt = -1;

    /// The largest log start that somebody asked for.
    long startMax;

    DiskJudge(DiskHistory history) {
        this.history = history;
        this.model = history.model;
    }

    @FormatMethod
    void expect(boolean holds, String message, Object... facts) {
        if (!holds) {
            throw new AssertionError(message.formatted(facts));
        }
    }

    /// The log was opened again.
    void afterStop(Stop stop) {
        var log = history.log;
        long start = log.logStartOffset();
        long end = log.logEndOffset();
        history.note("opened from %d to %d".formatted(start, end));
        if (start == anewAt && end == anewAt) {
            model.emptyAt(anewAt);
        } else if (stop == Stop.CRASH || unsure) {
            expect(end <= model.end, "ends at %d, there were only %d", end, model.end);
            expect(end >= model.promised, "ends at %d, promised %d", end, model.promised);
            expect(model.isBoundary(end) || start == end, "ends within a batch, at %d", end);
            model.cutTo(end);
            believeEpochs();
        } else {
            expect(end == model.end, "ends at %d and not at %d", end, model.end);
        }
        expect(
                start >= Math.min(model.startPromised, end),
                "starts at %d, promised %d",
                start,
                model.startPromised);
        expect(
                start <= Math.max(model.start, startMax),
                "starts at %d, was %d",
                start,
                model.start);
        expect(
                stop == Stop.CRASH
                        || unsure
                        || start == model.start
                        || start >= model.startPromised,
                "starts at %d, was %d",
                start,
                model.start);
        long mark = log.highWatermark();
        expect(
                mark <= Math.max(history.highestWatermark, start) && mark <= end,
                "high watermark %d",
                mark);
        history.highestWatermark = Math.max(history.highestWatermark, start);
        model.start = start;
        model.startPromised = Math.min(model.startPromised, start);
        startMax = start;
        anewAt = -1;
        unsure = false;
        check();
        checkProducers();
        checkTimes();
    }

    /// Of a batch that was not flushed all may have arrived but for the leader epoch, which no
    /// checksum covers. Where what is there instead is no lower than the epoch before, nobody can
    /// know.
    private void believeEpochs() {
        int before = -1;
        for (int i = 0; i < model.batches.size(); i++) {
            var batch = model.batches.get(i);
            if (batch.base() >= model.promised && batch.base() >= history.log.logStartOffset()) {
                var read = history.log.read(batch.base(), Long.MAX_VALUE, 1, true);
                int found = BatchLayout.leaderEpoch(LogFixture.bytes(read), 0);
                if (found >= before && found < batch.epoch()) {
                    model.setEpoch(i, found);
                }
            }
            before = model.batches.get(i).epoch();
        }
    }

    /// What must hold at any time.
    void check() {
        var log = history.log;
        expect(
                log.logStartOffset() == model.start,
                "start %d is not %d",
                log.logStartOffset(),
                model.start);
        expect(log.logEndOffset() == model.end, "end %d is not %d", log.logEndOffset(), model.end);
        checkRecords(model.start, 1 << 20);
        if (history.random.nextInt(4) == 0) {
            checkRecords(model.boundary(history.random.nextInt(101)), 150);
            checkEpochs();
        }
        if (history.random.nextInt(6) == 0) {
            checkTimes();
        }
    }

    private void checkRecords(long from, int maxBytes) {
        var expected = model.from(from);
        int index = 0;
        long next = from;
        while (next < model.end) {
            var read = history.log.read(next, Long.MAX_VALUE, maxBytes, true);
            if (read.slice() == null) {
                break; // Only a gap is left.
            }
            var bytes = LogFixture.bytes(read);
            int before = index;
            while (index < expected.size()
                    && bytes.remaining() >= expected.get(index).bytes().length) {
                compare(bytes, expected.get(index));
                next = expected.get(index).last() + 1;
                index++;
            }
            expect(index > before, "no batch at %d", next);
            expect(
                    index < expected.size() || !bytes.hasRemaining(),
                    "more than was written at %d",
                    next);
        }
        expect(index == expected.size(), "%d of %d batches are left", index, expected.size());
    }

    private void compare(ByteBuffer bytes, DiskModel.Batch batch) {
        int length = batch.bytes().length;
        var found = bytes.slice(bytes.position(), length);
        expect(
                found.equals(ByteBuffer.wrap(batch.bytes())),
                "other bytes in the batch at %d",
                batch.base());
        bytes.position(bytes.position() + length);
    }

    private void checkEpochs() {
        for (var batch : model.from(model.start)) {
            long offset = Math.max(batch.base(), model.start);
            int found = history.log.epochOf(offset).orElse(-1);
            expect(
                    found == batch.epoch(),
                    "epoch %d at %d, written %d",
                    found,
                    offset,
                    batch.epoch());
            var end = history.log.endOffsetFor(batch.epoch());
            long due = model.endOf(batch.epoch());
            expect(
                    end.endOffset() == due,
                    "epoch %d ends at %d, not at %s",
                    batch.epoch(),
                    due,
                    end);
        }
    }

    void checkProducers() {
        var due = model.sequences(model.start);
        var all = model.sequences(0);
        var views = history.log.activeProducers();
        for (var view : views) {
            Integer last = all.get(view.producerId());
            expect(last != null || model.start > 0, "producer %d is made up", view.producerId());
            expect(
                    last == null || last == view.lastSequence(),
                    "producer %d at sequence %d, not %s",
                    view.producerId(),
                    view.lastSequence(),
                    last);
        }
        for (var producer : due.keySet()) {
            expect(
                    views.stream().anyMatch(view -> view.producerId() == producer),
                    "producer %d is forgotten",
                    producer);
        }
    }

    private void checkTimes() {
        var all =
                model.from(model.start).stream()
                        .mapToLong(batch -> batch.timestamps()[0])
                        .toArray();
        if (all.length == 0) {
            return;
        }
        long wanted = all[history.random.nextInt(all.length)] + history.random.nextInt(5) - 2;
        var due = model.firstNotBefore(wanted);
        var found = history.log.offsetForTimestamp(wanted);
        expect(
                found.isPresent() == due.isPresent()
                        && (found.isEmpty() || found.get().offset() == due.getAsLong()),
                "time %d is at %s, not at %s",
                wanted,
                found,
                due);
        var latest = history.log.maxTimestamp();
        expect(
                latest.isPresent() && latest.get().offset() == model.latest().getAsLong(),
                "the youngest is at %s, not at %s",
                latest,
                model.latest());
    }
}
