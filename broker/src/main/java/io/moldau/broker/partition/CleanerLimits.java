package io.moldau.broker.partition;

import io.moldau.log.clean.LogCleaner;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// How much may be compacted at once, how fast, and with how much memory.
///
/// @param threads logs compacted at once
/// @param backoffMs how often logs are looked over
/// @param dedupeBytes for keys, all threads together
/// @param ioBytes for reading and writing, all threads together
/// @param loadFactor how full the memory for keys may get
/// @param bytesPerSecond read and written, all threads together
public record CleanerLimits(
        int threads,
        long backoffMs,
        long dedupeBytes,
        int ioBytes,
        double loadFactor,
        double bytesPerSecond) {
    private static final double LOAD_FACTOR_MIN = 0.1;
    private static final double LOAD_FACTOR_MAX = 0.95;

    /// @param whole a setting's value by Kafka's name for it; likewise `number`
    public static CleanerLimits read(
            ToLongFunction<String> whole, ToDoubleFunction<String> number) {
        return new CleanerLimits(
                (int) whole.applyAsLong("log.cleaner.threads"),
                whole.applyAsLong("log.cleaner.backoff.ms"),
                whole.applyAsLong("log.cleaner.dedupe.buffer.size"),
                (int) whole.applyAsLong("log.cleaner.io.buffer.size"),
                number.applyAsDouble("log.cleaner.io.buffer.load.factor"),
                number.applyAsDouble("log.cleaner.io.max.bytes.per.second"));
    }

    /// What one thread may use. The heap belongs to others as well.
    LogCleaner.Memory perThread() {
        long affordable = Math.min(dedupeBytes, Runtime.getRuntime().maxMemory() / 4);
        int sharers = Math.max(1, threads);
        return new LogCleaner.Memory(
                affordable / sharers,
                ioBytes / sharers / 2,
                Math.clamp(loadFactor, LOAD_FACTOR_MIN, LOAD_FACTOR_MAX));
    }
}
