package io.moldau.log;

import io.moldau.log.segment.LogDamage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The end of a [DiskHistory]: the disk does what no disk may do, and that must be found.
final class DiskDamage {
    private final DiskHistory history;
    private final DiskModel model;
    private final DiskJudge judge;

    DiskDamage(DiskHistory history, DiskJudge judge) {
        this.history = history;
        this.model = history.model;
        this.judge = judge;
    }

    void inflict() {
        if (!closeSegments()) {
            return;
        }
        switch (history.random.nextInt(3)) {
            case 0 -> rotAndScrub();
            case 1 -> rotAndRecover();
            default -> strayWriteAndScrub();
        }
    }

    /// At least one closed segment, and all of it flushed.
    private boolean closeSegments() {
        try {
            history.disk.clean();
            history.ticket = null;
            append(8);
            history.log.flush();
            var closed = history.log.beginScrub(model.start);
            if (closed != null) {
                closed.close();
            }
            return closed != null;
        } catch (UncheckedIOException e) {
            throw new AssertionError("a healthy disk refused", e);
        }
    }

    private void append(int batches) {
        for (int i = 0; i < batches; i++) {
            history.appendAsLeader();
        }
    }

    private List<LogDamage> scrub() {
        var found = new ArrayList<LogDamage>();
        long next = 0;
        for (var ticket = history.log.beginScrub(next);
                ticket != null;
                ticket = history.log.beginScrub(next)) {
            while (ticket.read(300)) {
                // On, in small steps.
            }
            ticket.close();
            var damage = history.log.completeScrub(ticket);
            if (damage != null) {
                found.add(damage);
            }
            next = ticket.endOffset();
        }
        return found;
    }

    private Path someClosedSegment() {
        var closed = new ArrayList<Path>();
        var names =
                history.disk.list(DiskHistory.FOLDER).stream()
                        .filter(name -> name.endsWith(".log"))
                        .sorted()
                        .toList();
        for (var name : names.subList(0, names.size() - 1)) {
            if (history.disk.size(DiskHistory.FOLDER.resolve(name)) > 0) {
                closed.add(DiskHistory.FOLDER.resolve(name));
            }
        }
        return closed.get(history.random.nextInt(closed.size()));
    }

    private long rot(Path file, long from, long until) {
        long position = from + history.random.nextInt((int) (until - from));
        history.note("bit rot at %d of %s".formatted(position, file.getFileName()));
        history.disk.flip(file, position, 1 << history.random.nextInt(8));
        return position;
    }

    /// Not in a batch's first offset and leader epoch, which no checksum covers.
    private long rotWhereAChecksumIs(Path file) {
        var name = file.getFileName().toString();
        long base = Long.parseLong(name.substring(0, name.indexOf('.')));
        long end = history.disk.size(file);
        long at = 0;
        for (var batch : model.batches) {
            if (batch.last() >= base && batch.base() >= base && at < end) {
                if (at + batch.bytes().length == end || history.random.nextInt(3) == 0) {
                    return rot(file, at + 16, at + batch.bytes().length);
                }
                at += batch.bytes().length;
            }
        }
        return rot(file, 16, end);
    }

    private void rotAndScrub() {
        var file = someClosedSegment();
        long position = rot(file, 0, history.disk.size(file));
        var found = scrub();
        judge.expect(
                found.stream()
                        .anyMatch(damage ->
                                damage.file().equals(file) && damage.position() <= position),
                "bit rot not found: %s",
                found);
    }

    /// All that is before the damage is kept, and nothing else comes back.
    private void rotAndRecover() {
        history.directory.checkpoint();
        history.directory.abandon();
        history.disk.kill();
        var file = someClosedSegment();
        long position = rotWhereAChecksumIs(file);
        history.disk.delete(DiskHistory.ROOT.resolve(OffsetCheckpoint.RECOVERY_POINTS));
        history.open();
        model.startPromised = 0;
        model.promised = 0;
        judge.unsure = true;
        long before = model.end;
        judge.afterStop(DiskJudge.Stop.KILL);
        judge.expect(model.end < before, "rot at %d was taken for records", position);
    }

    private void strayWriteAndScrub() {
        boolean lost = history.random.nextBoolean();
        history.note(lost ? "a write is lost" : "a write goes astray");
        if (lost) {
            history.disk.loseWrites(1, ".log");
        } else {
            history.disk.misdirectWrites(1, ".log");
        }
        append(1);
        history.disk.loseWrites(0, "");
        history.disk.misdirectWrites(0, "");
        append(16);
        history.log.flush();
        history.disk.evict();
        judge.expect(readsRight() || !scrub().isEmpty(), "the stray write is not found");
    }

    /// What was lost may have been what stood there anyhow.
    private boolean readsRight() {
        try {
            judge.check();
            return true;
        } catch (AssertionError | UncheckedIOException e) {
            return false;
        }
    }
}
