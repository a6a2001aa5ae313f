package io.moldau.chaos.sim.disk;

/// What a record's number says of where it comes from.
///
/// ```
/// 60     sent once and forgotten
/// 52-59  the producer's epoch
/// 40-51  the producer
///  0-39  its sequence, from 1 on in each epoch
/// ```
public final class Records {
    private static final long FIRE_AND_FORGET = 1L << 60;
    private static final int EPOCH_AT = 52;
    private static final int PRODUCER_AT = 40;

    private Records() {}

    public static long of(int producer, int epoch, long sequence, boolean idempotent) {
        return (idempotent ? 0 : FIRE_AND_FORGET)
                | (long) epoch << EPOCH_AT
                | (long) producer << PRODUCER_AT
                | sequence;
    }

    public static boolean isIdempotent(long record) {
        return (record & FIRE_AND_FORGET) == 0;
    }

    public static int epoch(long record) {
        return (int) (record >>> EPOCH_AT) & 0xff;
    }

    public static int producer(long record) {
        return (int) (record >>> PRODUCER_AT) & 0xfff;
    }

    public static long sequence(long record) {
        return record & ((1L << PRODUCER_AT) - 1);
    }
}
