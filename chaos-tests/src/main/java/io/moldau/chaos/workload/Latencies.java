package io.moldau.chaos.workload;

import java.util.concurrent.atomic.AtomicLongArray;

/// Times in microseconds, sorted into buckets that are an eighth of their value wide at most. Any
/// thread may add.
final class Latencies {
    private static final int SUB_BITS = 3;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    private final AtomicLongArray counts = new AtomicLongArray(64 * SUB_BUCKETS);

    void add(long micros) {
        counts.incrementAndGet(bucket(Math.max(0, micros)));
    }

    private static int bucket(long micros) {
        if (micros < SUB_BUCKETS) {
            return (int) micros;
        }
        int highest = 63 - Long.numberOfLeadingZeros(micros);
        int shift = highest - SUB_BITS;
        return (shift + 1) * SUB_BUCKETS + (int) (micros >>> shift) - SUB_BUCKETS;
    }

    /// The lowest time of a bucket.
    private static long lowest(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = bucket / SUB_BUCKETS - 1;
        return (long) (bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
    }

    /// What was added since the last call: p50, p99 and the highest, in microseconds; zeros when
    /// nothing was. One thread asks.
    long[] take() {
        var taken = new long[counts.length()];
        long total = 0;
        for (int i = 0; i < taken.length; i++) {
            taken[i] = counts.getAndSet(i, 0);
            total += taken[i];
        }
        return new long[] {
            quantile(taken, total, 0.5), quantile(taken, total, 0.99), quantile(taken, total, 1)
        };
    }

    private static long quantile(long[] taken, long total, double part) {
        long rank = Math.max(1, (long) Math.ceil(total * part));
        long seen = 0;
        for (int i = 0; i < taken.length; i++) {
            seen += taken[i];
            if (seen >= rank) {
                return lowest(i);
            }
        }
        return 0;
    }
}
