package io.moldau.broker.replication;

import io.moldau.log.EpochEnd;
import java.util.ArrayList;
import java.util.List;

/// A log that holds nothing of its records but their epochs: the dull way to answer what
/// replication asks.
final class ListLog implements ReplicaLog {
    private final List<Integer> epochs = new ArrayList<>();
    private long start;
    private long promised;
    private long highWatermark;
    private int reign = -1;
    private boolean flushesLater;

    /// Records from offset 0 on, written as their epochs: "1 1 1 2".
    static ListLog of(String epochs) {
        var log = new ListLog();
        for (var epoch : epochs.strip().split(" +", -1)) {
            if (!epoch.isEmpty()) {
                log.append(Integer.parseInt(epoch), 1);
            }
        }
        return log;
    }

    ListLog startingAt(long offset) {
        start = offset;
        return this;
    }

    ListLog committedTo(long offset) {
        highWatermark = offset;
        return this;
    }

    /// Appends are promised by [#flush()] alone.
    ListLog flushingLater() {
        flushesLater = true;
        return this;
    }

    ListLog reignOf(int epoch) {
        reign = epoch;
        return this;
    }

    void append(int epoch, int records) {
        for (int i = 0; i < records; i++) {
            epochs.add(epoch);
        }
        if (!flushesLater) {
            flush();
        }
    }

    void flush() {
        promised = logEndOffset();
    }

    void truncateTo(long offset) {
        while (logEndOffset() > offset) {
            epochs.removeLast();
        }
        promised = Math.min(promised, offset);
    }

    void startFreshAt(long offset) {
        epochs.clear();
        for (int i = 0; i < offset; i++) {
            epochs.add(-1);
        }
        start = offset;
        promised = offset;
    }

    void logStart(long offset) {
        start = offset;
    }

    void noteHighWatermark(long offset) {
        highWatermark = offset;
    }

    @Override
    public long logStartOffset() {
        return start;
    }

    @Override
    public long logEndOffset() {
        return epochs.size();
    }

    @Override
    public long promisedEndOffset() {
        return promised;
    }

    @Override
    public long highWatermark() {
        return Math.min(highWatermark, logEndOffset());
    }

    @Override
    public int latestEpoch() {
        return Math.max(reign, epochs.isEmpty() ? -1 : epochs.getLast());
    }

    @Override
    public int epochBefore(long offset) {
        return offset <= start ? -1 : epochs.get((int) offset - 1);
    }

    @Override
    public EpochEnd endOffsetFor(int epoch) {
        int latest = latestEpoch();
        if (epoch < 0 || latest < 0 || epoch > latest) {
            return EpochEnd.UNKNOWN;
        }
        if (epoch == latest) {
            return new EpochEnd(epoch, logEndOffset());
        }
        int found = epoch;
        long end = start;
        while (end < logEndOffset() && epochs.get((int) end) <= epoch) {
            found = epochs.get((int) end);
            end++;
        }
        return new EpochEnd(found, end);
    }
}
