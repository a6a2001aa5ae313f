package io.moldau.broker.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// Logs what strangers can cause as often as they like: at most once a second, with the number of
/// lines left out.
final class RareLog {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Logger logger;
    private final Level level;
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
    private final AtomicLong leftOut = new AtomicLong();

    RareLog(Logger logger, Level level) {
        this.logger = logger;
        this.level = level;
    }

    /// An event to add facts to; one that goes nowhere if the last was logged just now.
    LoggingEventBuilder event() {
        long now = System.nanoTime();
        long last = lastNanos.get();
        if (now - last < PAUSE_NANOS || !lastNanos.compareAndSet(last, now)) {
            leftOut.incrementAndGet();
            return org.slf4j.spi.NOPLoggingEventBuilder.singleton();
        }
        var event = logger.atLevel(level);
        long skipped = leftOut.getAndSet(0);
        return skipped == 0 ? event : event.addKeyValue("leftOut", skipped);
    }
}
