package io.moldau.chaos.sim.disk;

import io.moldau.chaos.sim.world.Luck;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.log.EpochEnd;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A log in two arrays. It derives epochs from its records, as recovery would.
final class MemoryLog implements SimLog {
    private static final int RECORD_BYTES = Long.BYTES + Integer.BYTES;

    private final boolean flushes;
    private final Rules rules;
    private long[] records = new long[64];
    private int[] epochs = new int[64];
    private long base;
    private long start;
    private long end;
    private long durable;
    private long promised;
    private long claimed;
    private long lowest;
    private long highWatermark;
    private int reign = -1;
    private final Map<Long, Long> found = new HashMap<>();

    /// @param flushes whether only what is durable is promised
    MemoryLog(boolean flushes, Rules rules) {
        this.flushes = flushes;
        this.rules = rules;
    }

    @Override
    public int count(ByteBuffer copy) {
        return (copy.limit() - Long.BYTES) / RECORD_BYTES;
    }

    private int at(long offset) {
        return (int) (offset - base);
    }

    @Override
    public long append(long record, int leaderEpoch) {
        // Deleted ones too are known, as long as the log lives.
        Long known = rules.recognizesRetries() ? found.get(record) : null;
        long offset = known == null ? end : known;
        if (known == null) {
            add(record, leaderEpoch);
        }
        return offset;
    }

    private void add(long record, int epoch) {
        if (at(end) == records.length) {
            records = Arrays.copyOf(records, records.length * 2);
            epochs = Arrays.copyOf(epochs, epochs.length * 2);
        }
        records[at(end)] = record;
        epochs[at(end)] = epoch;
        found.put(record, end);
        end++;
        if (!flushes) {
            promised = end;
        }
    }

    @Override
    public Copied appendCopy(ByteBuffer copy) {
        if (copy.getLong() != end) {
            return Copied.GAP;
        }
        while (copy.hasRemaining()) {
            add(copy.getLong(), copy.getInt());
        }
        return Copied.TAKEN;
    }

    @Override
    public ByteBuffer read(long offset, int maxRecords) {
        int count = (int) Math.min(maxRecords, end - offset);
        var copy = ByteBuffer.allocate(Long.BYTES + count * RECORD_BYTES);
        copy.putLong(offset);
        for (int i = at(offset); i < at(offset) + count; i++) {
            copy.putLong(records[i]).putInt(epochs[i]);
        }
        return copy.flip();
    }

    @Override
    public void startEpoch(int epoch) {
        reign = Math.max(reign, epoch);
    }

    @Override
    public void noteHighWatermark(long offset) {
        highWatermark = offset;
    }

    @Override
    public void truncateTo(long offset) {
        if (offset < start) {
            startFreshAt(offset);
            return;
        }
        cut(offset);
        durable = Math.min(durable, end); // As in production: the cut itself is durable.
        promised = Math.min(promised, end);
    }

    private void cut(long offset) {
        for (long gone = Math.max(offset, start); gone < end; gone++) {
            found.remove(records[at(gone)]);
        }
        end = Math.min(end, offset);
        lowest = Math.min(lowest, end);
    }

    @Override
    public void startFreshAt(long offset) {
        found.clear();
        base = offset;
        start = offset;
        end = offset;
        durable = offset;
        promised = offset;
        lowest = Math.min(lowest, offset);
        reign = -1;
    }

    @Override
    public void advanceLogStart(long offset) {
        start = Math.max(start, Math.min(offset, end));
    }

    @Override
    public boolean flushDue() {
        return false;
    }

    @Override
    public void beginFlush() {
        claimed = end;
        lowest = end;
    }

    @Override
    public void sync() {
        if (!rules.liesAboutFlushes()) {
            durable = Math.max(durable, Math.min(lowest, claimed));
        }
    }

    /// What was cut meanwhile was not synced, and neither was what has come in its place.
    @Override
    public void completeFlush() {
        promised = Math.max(promised, Math.min(lowest, claimed));
    }

    /// The process is gone; what it wrote is there.
    void kill() {
        reign = -1;
        highWatermark = Math.min(highWatermark, end);
        promised = flushes ? Math.min(durable, end) : end;
        durable = Math.min(durable, end);
    }

    /// The machine is gone: of what was not synced any first part stays.
    void losePower(Luck luck) {
        long least = Math.max(start, Math.min(durable, end));
        cut(luck.between(least, end));
        kill();
    }

    /// Anything may be lost, from the end on.
    void damage(Luck luck) {
        cut(luck.between(start, end));
        kill();
    }

    @Override
    public long record(long offset) {
        return records[at(offset)];
    }

    @Override
    public int epoch(long offset) {
        return epochs[at(offset)];
    }

    @Override
    public String flaw() {
        return null;
    }

    @Override
    public long logStartOffset() {
        return start;
    }

    @Override
    public long logEndOffset() {
        return end;
    }

    @Override
    public long promisedEndOffset() {
        return promised;
    }

    @Override
    public long highWatermark() {
        return Math.min(highWatermark, end);
    }

    @Override
    public int latestEpoch() {
        return Math.max(reign, end == start ? -1 : epoch(end - 1));
    }

    @Override
    public int epochBefore(long offset) {
        return offset <= start ? -1 : epoch(offset - 1);
    }

    @Override
    public EpochEnd endOffsetFor(int epoch) {
        int latest = latestEpoch();
        if (epoch < 0 || latest < 0 || epoch > latest) {
            return EpochEnd.UNKNOWN;
        }
        if (epoch == latest) {
            return new EpochEnd(epoch, end);
        }
        long last = end;
        while (last > start && epoch(last - 1) > epoch) {
            last--;
        }
        return new EpochEnd(last == start ? epoch : epoch(last - 1), last);
    }
}
