package io.moldau.chaos.sim.disk;

import io.moldau.chaos.sim.world.Rules;
import io.moldau.chaos.sim.world.Violation;
import io.moldau.env.Clock;
import io.moldau.log.AppendMode;
import io.moldau.log.AppendResult;
import io.moldau.log.AppendResult.Appended;
import io.moldau.log.AppendResult.Duplicate;
import io.moldau.log.AppendResult.Refused;
import io.moldau.log.EpochEnd;
import io.moldau.log.FlushTicket;
import io.moldau.log.PartitionLog;
import io.moldau.log.ScrubTicket;
import io.moldau.log.WholeBatches;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.segment.DamagedLogException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongToIntFunction;
import org.apache.kafka.common.protocol.Errors;

/// Production's log. What was appended is remembered beside it, for the judge, who asks often.
final class DiskLog implements SimLog {
    private static final int LEADERS_OWN = -1;
    private static final int NO_EPOCH = -1;

    private static final int SCRUB_BYTES = 64 * 1024;

    private final PartitionLog log;
    private final Clock clock;
    private final Rules rules;
    private final Shadow shadow = new Shadow();
    private FlushTicket flush;
    private long promised;

    /// @param log as it was opened just now
    DiskLog(PartitionLog log, Clock clock, Rules rules) {
        this.log = log;
        this.clock = clock;
        this.rules = rules;
        // As `LogKeeper` has it: what was found is no more durable for that.
        boolean hasToSync = log.unflushedRecords() >= log.config().flushMessages();
        promised = hasToSync ? log.recoveryPoint() : log.logEndOffset();
        shadow.restart(log.logStartOffset());
        readInto(shadow, log.logEndOffset());
    }

    PartitionLog log() {
        return log;
    }

    /// Also where bits have flipped, and nobody knows.
    private void readInto(Shadow target, long end) {
        while (target.end() < end) {
            long at = target.end();
            try {
                var batches = log.readWhole(at, 1_000 * Batches.BYTES);
                var copy = bytesOf(at, batches);
                target.addAll(copy, end, epoch -> log.epochOf(epoch).orElse(NO_EPOCH));
            } catch (DamagedLogException damaged) {
                target.add(ILLEGIBLE, log.epochOf(at).orElse(NO_EPOCH));
            }
            if (target.end() == at) {
                throw new Violation("nothing can be read at %d of %d".formatted(at, end));
            }
        }
    }

    @Override
    public long append(long record, int leaderEpoch) {
        boolean idempotent = Records.isIdempotent(record) && rules.recognizesRetries();
        var batch = Batches.of(record, idempotent);
        var result = log.append(batch, AppendMode.CLIENT, leaderEpoch, clock.wallMs());
        return switch (result) {
            case Appended appended -> {
                shadow.add(record, leaderEpoch);
                onAppended();
                yield appended.baseOffset();
            }
            case Duplicate(var baseOffset, _, _) -> baseOffset;
            case Refused(var error, _, _) ->
                    error == Errors.OUT_OF_ORDER_SEQUENCE_NUMBER ? OUT_OF_ORDER : -1;
        };
    }

    @Override
    public Copied appendCopy(ByteBuffer copy) {
        if (copy.getLong(0) != logEndOffset()) {
            return Copied.GAP;
        }
        var batches = copy.position(Long.BYTES).slice();
        var result = appended(batches);
        shadow.addTaken(batches, log.logEndOffset());
        onAppended();
        if (result instanceof Refused(var error, _, _)) {
            if (error == Errors.CORRUPT_MESSAGE) {
                return Copied.FLAWED; // The leader's disk has rotted, and it does not know yet.
            }
            throw new Violation("what a leader sent is refused: " + result);
        }
        return Copied.TAKEN;
    }

    /// A disk that fills up may take some of the batches.
    private AppendResult appended(ByteBuffer batches) {
        try {
            return log.append(batches, AppendMode.REPLICA, LEADERS_OWN, clock.wallMs());
        } catch (UncheckedIOException refusal) {
            shadow.addTaken(batches, log.logEndOffset());
            throw refusal;
        }
    }

    @Override
    public ByteBuffer read(long offset, int maxRecords) {
        if (offset == logEndOffset()) {
            return ByteBuffer.allocate(Long.BYTES).putLong(offset).flip();
        }
        var batches = log.readWhole(offset, maxRecords * Batches.BYTES);
        var copy = bytesOf(offset, batches);
        log.checkRead(copy.slice(Long.BYTES, batches.sizeBytes()), batches, offset);
        return copy;
    }

    private static ByteBuffer bytesOf(long offset, WholeBatches batches) {
        var copy = ByteBuffer.allocate(Long.BYTES + batches.sizeBytes()).putLong(offset);
        batches.slice().readFully(copy);
        batches.slice().release();
        return copy.flip();
    }

    @Override
    public int count(ByteBuffer copy) {
        return (copy.limit() - Long.BYTES) / Batches.BYTES;
    }

    /// Likewise: where each record is to be synced, it counts from then on.
    private void onAppended() {
        if (log.unflushedRecords() < log.config().flushMessages()) {
            promised = log.logEndOffset();
        }
    }

    @Override
    public boolean flushDue() {
        return log.flushDue(clock.wallMs());
    }

    @Override
    public void beginFlush() {
        flush = log.beginFlush();
    }

    @Override
    public void sync() {
        flush.sync();
    }

    @Override
    public void completeFlush() {
        long durable = log.completeFlush(flush);
        promised = Math.min(Math.max(promised, durable), logEndOffset());
    }

    @Override
    public void startEpoch(int epoch) {
        log.startEpoch(epoch);
    }

    @Override
    public void noteHighWatermark(long offset) {
        log.noteHighWatermark(offset);
    }

    @Override
    public void truncateTo(long offset) {
        log.truncateTo(offset);
        if (log.logStartOffset() >= log.logEndOffset()) {
            shadow.restart(log.logEndOffset());
        }
        shadow.cut(log.logEndOffset());
        promised = Math.min(promised, log.logEndOffset());
    }

    @Override
    public void startFreshAt(long offset) {
        log.truncateFullyAndStartAt(offset);
        shadow.restart(offset);
        promised = offset;
    }

    @Override
    public void advanceLogStart(long offset) {
        log.advanceLogStart(Math.min(offset, logEndOffset()));
    }

    @Override
    public long scrub() {
        long damage = NOTHING;
        for (var ticket = beginScrub(0); ticket != null; ) {
            try (var last = ticket) {
                boolean more;
                do {
                    more = last.read(SCRUB_BYTES);
                } while (more);
                var found = log.completeScrub(last);
                if (found != null && (damage == NOTHING || found.fromOffset() < damage)) {
                    damage = found.fromOffset();
                }
                ticket = beginScrub(last.endOffset());
            }
        }
        return damage;
    }

    private ScrubTicket beginScrub(long fromOffset) {
        long from = Math.max(fromOffset, log.logStartOffset());
        var closed = log.beginScrub(from);
        return closed != null ? closed : log.beginTailScrub(from);
    }

    @Override
    public long damageNear(long offset) {
        var damage = log.damageNear(offset, SCRUB_BYTES);
        return damage == null ? NOTHING : damage.fromOffset();
    }

    @Override
    public long damageAtOpening() {
        var cut = log.damageAtOpening();
        return cut == null ? NOTHING : cut.fromOffset();
    }

    @Override
    public void onLossKnown() {
        log.onLossKnown();
    }

    @Override
    public long record(long offset) {
        return shadow.record(offset);
    }

    @Override
    public int epoch(long offset) {
        return shadow.epoch(offset);
    }

    @Override
    public String flaw() {
        var read = new Shadow();
        read.restart(logStartOffset());
        readInto(read, logEndOffset());
        for (long at = logStartOffset(); at < logEndOffset(); at++) {
            if (read.record(at) == ILLEGIBLE
                    || read.record(at) != record(at)
                    || read.epoch(at) != epoch(at)) {
                return "at %d is %x of epoch %d, and %x of epoch %d was written"
                        .formatted(at, read.record(at), read.epoch(at), record(at), epoch(at));
            }
        }
        return null;
    }

    @Override
    public long logStartOffset() {
        return log.logStartOffset();
    }

    @Override
    public long logEndOffset() {
        return log.logEndOffset();
    }

    @Override
    public long promisedEndOffset() {
        return promised;
    }

    @Override
    public long highWatermark() {
        return log.highWatermark();
    }

    @Override
    public int latestEpoch() {
        return log.latestEpoch();
    }

    @Override
    public int epochBefore(long offset) {
        return offset <= logStartOffset() ? -1 : log.epochOf(offset - 1).orElse(-1);
    }

    @Override
    public EpochEnd endOffsetFor(int epoch) {
        return log.endOffsetFor(epoch);
    }

    /// Two arrays.
    private static final class Shadow {
        private long[] records = new long[64];
        private int[] epochs = new int[64];
        private long base;
        private int count;

        void restart(long offset) {
            base = offset;
            count = 0;
        }

        long end() {
            return base + count;
        }

        long record(long offset) {
            return records[(int) (offset - base)];
        }

        int epoch(long offset) {
            return epochs[(int) (offset - base)];
        }

        void cut(long end) {
            count = (int) Math.min(count, end - base);
        }

        void add(long record, int epoch) {
            if (count == records.length) {
                records = Arrays.copyOf(records, count * 2);
                epochs = Arrays.copyOf(epochs, count * 2);
            }
            records[count] = record;
            epochs[count] = epoch;
            count++;
        }

        /// What a follower was given and took, up to where its log ends now.
        void addTaken(ByteBuffer batches, long logEnd) {
            for (int at = 0; end() < logEnd; at += Batches.BYTES) {
                if (at == batches.limit() || BatchLayout.baseOffset(batches, at) != end()) {
                    throw new Violation("nothing was given for %d of %d".formatted(end(), logEnd));
                }
                add(Batches.record(batches, at), BatchLayout.leaderEpoch(batches, at));
            }
        }

        /// What was found, behind the offset it was looked for. A batch whose offset has rotted may
        /// be found twice.
        void addAll(ByteBuffer copy, long logEnd, LongToIntFunction epochs) {
            for (int at = Long.BYTES; at < copy.limit() && end() < logEnd; at += Batches.BYTES) {
                int epoch = epochs.applyAsInt(end());
                boolean isWhole =
                        BatchLayout.baseOffset(copy, at) == end()
                                && BatchLayout.leaderEpoch(copy, at) == epoch
                                && Batches.isWhole(copy, at);
                add(isWhole ? Batches.record(copy, at) : ILLEGIBLE, epoch);
            }
        }
    }
}
