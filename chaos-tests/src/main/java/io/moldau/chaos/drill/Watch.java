package io.moldau.chaos.drill;

import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.timeline.ClusterSample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Looks at the cluster several times a second and keeps what changed.
final class Watch implements AutoCloseable {
    private static final long EVERY_MS = 250;
    private static final long KEPT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ClusterEye eye;
    private final Runnable tick;
    private final List<ClusterSample> samples = new ArrayList<>();
    private final Thread thread = Thread.ofVirtual().name("watch").unstarted(this::run);

    /// @param tick called about once a second
    Watch(ClusterEye eye, Runnable tick) {
        this.eye = eye;
        this.tick = tick;
        thread.start();
    }

    private void run() {
        long tickNanos = System.nanoTime();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                eye.look().ifPresent(this::keep);
                if (System.nanoTime() - tickNanos > TimeUnit.SECONDS.toNanos(1)) {
                    tickNanos = System.nanoTime();
                    tick.run();
                }
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void keep(ClusterSample sample) {
        if (samples.isEmpty() || isNews(samples.getLast(), sample)) {
            samples.add(sample);
        }
    }

    private static boolean isNews(ClusterSample last, ClusterSample next) {
        return next.nanos() - last.nanos() > KEPT_EVERY_NANOS
                || next.controllerId() != last.controllerId()
                || !next.partitions().equals(last.partitions());
    }

    synchronized List<ClusterSample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
