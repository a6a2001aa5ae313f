package io.moldau.cli;

/// What an acknowledgement is worth, in one line.
final class Durability {
    private static final long NEVER = Long.MAX_VALUE;

    private Durability() {}

    /// @param flushMessages `flush.messages`, or what it falls back to
    /// @param flushMs `flush.ms`, likewise
    static String of(long flushMessages, long flushMs) {
        if (flushMessages == 1) {
            return "acknowledged once on the disk";
        }
        var text = new StringBuilder("acknowledged once in the page cache");
        if (flushMessages != NEVER) {
            text.append(", flushed every %d records".formatted(flushMessages));
        }
        if (flushMs != NEVER) {
            text.append(", on the disk within %d ms".formatted(flushMs));
        }
        return text.toString();
    }
}
