package io.moldau.broker.net;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Knows for how long nothing has moved on a connection. One timer, set anew only when it fires.
final class Activity {
    private final Channel channel;
    private final long idleMsMax;
    private long lastNanos = System.nanoTime();
    private long pendingBytes;
    private long progressBytes;
    private Future<?> timer;

    /// @param idleMsMax negative: for ever
    Activity(Channel channel, long idleMsMax) {
        this.channel = channel;
        this.idleMsMax = idleMsMax;
    }

    void touch() {
        lastNanos = System.nanoTime();
    }

    long silentMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastNanos);
    }

    /// Runs `onIdle` once nothing has moved for the configured time.
    ///
    /// @param mayBeIdle false while the client is the one who waits
    void watch(BooleanSupplier mayBeIdle, Runnable onIdle) {
        if (idleMsMax >= 0) {
            schedule(idleMsMax, mayBeIdle, onIdle);
        }
    }

    private void schedule(long delayMs, BooleanSupplier mayBeIdle, Runnable onIdle) {
        timer =
                channel.eventLoop()
                        .schedule(() -> check(mayBeIdle, onIdle), delayMs, TimeUnit.MILLISECONDS);
    }

    private void check(BooleanSupplier mayBeIdle, Runnable onIdle) {
        if (!mayBeIdle.getAsBoolean() || answersMoved()) {
            touch();
        }
        long leftMs = idleMsMax - silentMs();
        if (leftMs <= 0) {
            onIdle.run();
        } else {
            schedule(leftMs, mayBeIdle, onIdle);
        }
    }

    /// A client that takes a large answer slowly is not idle.
    private boolean answersMoved() {
        var waiting = channel.unsafe().outboundBuffer();
        if (waiting == null) {
            return false;
        }
        long pending = waiting.totalPendingWriteBytes();
        long progress = waiting.currentProgress();
        boolean moved = pending != pendingBytes || progress != progressBytes;
        pendingBytes = pending;
        progressBytes = progress;
        return moved;
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
