package io.moldau.log.segment;

/// Kafka's names for the files of a segment: its base offset in twenty digits, and what it is.
public final class SegmentNames {
    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TRANSACTION_INDEX = ".txnindex";
    public static final String SNAPSHOT = ".snapshot";

    /// Appended to the name of a file that goes as soon as its delay is over.
    public static final String DELETED = ".deleted";

    /// Appended while the cleaner still writes it: worth nothing after a crash.
    public static final String CLEANED = ".cleaned";

    /// Appended to what is complete and is taking the place of what it was made from: after a crash
    /// recovery puts it there.
    public static final String SWAP = ".swap";

    private static final int DIGITS = 20;

    private SegmentNames() {}

    public static String of(long baseOffset, String suffix) {
        var number = Long.toString(baseOffset);
        return "0".repeat(DIGITS - number.length()) + number + suffix;
    }

    /// The base offset in `name`, or -1 when it is no file of that kind.
    public static long parse(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            offset = offset * 10 + digit;
        }
        return offset;
    }
}
