package io.moldau.env;

import java.util.List;

/// What it means that a disk has refused.
public enum DiskTrouble {
    /// No room is left, or none that this process may take.
    FULL,
    /// The process has as many files open as it may.
    TOO_MANY_FILES,
    /// The disk does not do what disks do.
    FAILED;

    private static final List<String> NO_ROOM =
            List.of("No space left on device", "Disk quota exceeded");

    private static final int CAUSES_MAX = 8;

    /// What Java tells of the system's error is its text and nothing else.
    public static DiskTrouble of(Throwable refusal) {
        var cause = refusal;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            var text = String.valueOf(cause.getMessage());
            if (NO_ROOM.stream().anyMatch(text::contains)) {
                return FULL;
            }
            if (text.contains("Too many open files")) {
                return TOO_MANY_FILES;
            }
            cause = cause.getCause();
        }
        return FAILED;
    }
}
