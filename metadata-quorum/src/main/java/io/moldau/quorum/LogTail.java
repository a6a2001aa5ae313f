package io.moldau.quorum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cuts what a crash left at the end of Ratis's open log segment. Ratis itself refuses to start on
/// it, or, told to be lenient, would drop acknowledged entries as well.
///
/// ```
/// segment: "RaftLog1" entry* zeros*
/// entry:   varint length | LogEntryProto | CRC-32C of both, big-endian
/// ```
///
/// An entry is acknowledged only after it was synced, and each entry says how far all was committed
/// when it was written, see [Batch] (older logs have such notes of Ratis's own). So whatever stands
/// behind a bad entry was never acknowledged, unless such a note follows that counts the bad one as
/// committed. The first is cut. The second is damage of another kind, and the start is refused.
final class LogTail {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogTail.class);
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_BYTES = 4;

    /// `LogEntryProto`: field 1 is the term, field 2 the index; both are varints and come first.
    private static final int TERM_TAG = 1 << 3;

    private static final int INDEX_TAG = 2 << 3;

    /// Entries that may lie between a bad one and the next whole one.
    private static final long INDEX_SPAN = 1_000_000;

    private final Path file;
    private final ByteBuffer bytes;
    private final CRC32C crc = new CRC32C();
    private long lastTerm;
    private long lastIndex;

    // Of the entry that was looked at last.
    private long entryTerm;
    private long entryIndex;
    private int bodyPosition;

    private LogTail(Path file, ByteBuffer bytes, long startIndex) {
        this.file = file;
        this.bytes = bytes;
        this.lastIndex = startIndex - 1;
    }

    /// Mends the open segment `file`, whose first entry has the index `startIndex`.
    ///
    /// @throws QuorumStartException acknowledged entries are damaged
    static void mend(Path file, long startIndex) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = soundLength(file, bytes, startIndex);
        if (length == bytes.length) {
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("position", length)
                .log("cut the torn end of the metadata log; nothing in it was acknowledged");
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.force(true);
        }
    }

    /// How much of a segment Ratis can read: all of it, or up to where its torn end begins.
    ///
    /// @throws QuorumStartException acknowledged entries are damaged
    static int soundLength(Path file, byte[] bytes, long startIndex) throws IOException {
        return new LogTail(file, ByteBuffer.wrap(bytes), startIndex).soundLength();
    }

    /// The term of the last whole entry of a segment; 0 when it has none.
    static long lastTerm(Path file, long startIndex) throws IOException {
        var tail = new LogTail(file, ByteBuffer.wrap(Files.readAllBytes(file)), startIndex);
        if (tail.hasHeader()) {
            tail.endOfWholeEntries();
        }
        return tail.lastTerm;
    }

    private int soundLength() throws IOException {
        int end = hasHeader() ? endOfWholeEntries() : 0;
        if (zerosFrom(Math.max(end, matchingHeaderBytes()))) {
            return bytes.limit(); // Not written yet: Ratis allocates ahead.
        }
        if (committedBehind(Math.max(end, 1)) > lastIndex) {
            throw new QuorumStartException(
                    ("The metadata log %s is damaged at byte %d, among changes that were"
                                    + " acknowledged: restore the directory from a backup or from"
                                    + " another node.")
                            .formatted(file, end));
        }
        return end;
    }

    private boolean hasHeader() {
        return matchingHeaderBytes() == HEADER.length;
    }

    private int matchingHeaderBytes() {
        int matching = 0;
        while (matching < Math.min(HEADER.length, bytes.limit())
                && bytes.get(matching) == HEADER[matching]) {
            matching++;
        }
        return matching;
    }

    private boolean zerosFrom(int position) {
        for (int i = position; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private int endOfWholeEntries() {
        int position = HEADER.length;
        for (int next = wholeEntryAt(position); next > 0; next = wholeEntryAt(position)) {
            position = next;
            lastTerm = entryTerm;
            lastIndex = entryIndex;
        }
        return position;
    }

    /// The highest commit index noted in any whole entry behind `from`; -1 when there is none.
    private long committedBehind(int from) throws IOException {
        long committed = -1;
        int position = from;
        while (position < bytes.limit()) {
            int end = wholeEntryAt(position);
            if (end < 0) {
                position++;
                continue;
            }
            var body = bytes.duplicate().position(bodyPosition).limit(end - CRC_BYTES);
            var entry = LogEntryProto.parseFrom(body);
            committed = Math.max(committed, committedIn(entry));
            position = end;
        }
        return committed;
    }

    private static long committedIn(LogEntryProto entry) {
        if (entry.hasStateMachineLogEntry()) {
            return Batch.committedIn(entry.getStateMachineLogEntry().getLogData());
        }
        return entry.hasMetadataEntry() ? entry.getMetadataEntry().getCommitIndex() : -1;
    }

    /// @return the position after the entry, or -1 when there is no whole one
    private int wholeEntryAt(int position) {
        bytes.position(position);
        long length = varint();
        bodyPosition = bytes.position();
        if (length <= 0 || bodyPosition + length + CRC_BYTES > bytes.limit()) {
            return -1;
        }
        // Cheap looks first: this may be any byte of garbage.
        long term = 0;
        if (tagIs(TERM_TAG)) {
            term = varint();
        }
        // Index 0 is the default, hence not written.
        long index = tagIs(INDEX_TAG) ? varint() : 0;
        if (term < lastTerm || index <= lastIndex || index > lastIndex + INDEX_SPAN) {
            return -1;
        }
        int end = bodyPosition + (int) length;
        crc.reset();
        crc.update(bytes.duplicate().position(position).limit(end));
        if ((int) crc.getValue() != bytes.getInt(end)) {
            return -1;
        }
        entryTerm = term;
        entryIndex = index;
        return end + CRC_BYTES;
    }

    private boolean tagIs(int tag) {
        if (!bytes.hasRemaining() || bytes.get(bytes.position()) != tag) {
            return false;
        }
        bytes.get();
        return true;
    }

    /// @return -1 when there is none
    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64 && bytes.hasRemaining(); shift += 7) {
            byte next = bytes.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }
}
