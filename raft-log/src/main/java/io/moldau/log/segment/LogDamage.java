package io.moldau.log.segment;

import java.nio.file.Path;

/// Where a segment file no longer holds what was written to it.
///
/// @param position of the first byte of the batch that cannot be trusted
/// @param fromOffset records from here on cannot be trusted; all below are good as far as was
///   looked
/// @param endOffset the first offset behind the damaged batch; -1 when that cannot be told, and
///   nothing behind `fromOffset` in this file can be reached
/// @param reason what is wrong there
public record LogDamage(Path file, long position, long fromOffset, long endOffset, String reason) {
    @Override
    public String toString() {
        return "%s is damaged at position %d, offset %d: %s"
                .formatted(file, position, fromOffset, reason);
    }
}
