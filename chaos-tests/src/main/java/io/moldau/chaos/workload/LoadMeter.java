package io.moldau.chaos.workload;

import io.moldau.chaos.timeline.LoadSample;
import io.moldau.chaos.timeline.RunClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts what clients get, second by second. Any thread may add.
final class LoadMeter implements AutoCloseable {
    private static final LoadSample NOTHING = new LoadSample(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final RunClock clock;
    private final LongSupplier lag;
    private final LongAdder sent = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder polled = new LongAdder();
    private final Latencies latencies = new Latencies();
    private final List<LoadSample> samples = new ArrayList<>();
    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("load-meter").factory());

    /// @param lag records that are acknowledged and that consumers have not got
    LoadMeter(RunClock clock, LongSupplier lag) {
        this.clock = clock;
        this.lag = lag;
    }

    void start() {
        var _ = ticker.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    void onSent(int records) {
        sent.add(records);
    }

    void onAcknowledged(long nanos) {
        acknowledged.increment();
        latencies.add(nanos / 1_000);
    }

    void onFailed() {
        failed.increment();
    }

    void onUnknown() {
        unknown.increment();
    }

    void onPolled(int records) {
        polled.add(records);
    }

    private synchronized void tick() {
        int second = (int) TimeUnit.NANOSECONDS.toSeconds(clock.nanos());
        var times = latencies.take();
        samples.add(
                new LoadSample(
                        second,
                        sent.sumThenReset(),
                        acknowledged.sumThenReset(),
                        failed.sumThenReset(),
                        unknown.sumThenReset(),
                        times[0],
                        times[1],
                        times[2],
                        polled.sumThenReset(),
                        lag.getAsLong()));
    }

    /// The last whole second; zeros before there was one.
    synchronized LoadSample last() {
        return samples.isEmpty() ? NOTHING : samples.getLast();
    }

    synchronized List<LoadSample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
