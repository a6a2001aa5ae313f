package io.moldau.log;

import io.moldau.log.segment.BatchJudge;
import io.moldau.log.segment.Segment;
import io.moldau.log.segment.SegmentNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a cleaned segment in the place of those that it was made from, so that a crash at any step
/// leaves one or the other.
///
/// ```
/// .cleaned          written and synced: a crash makes it void
/// .cleaned -> .swap and the folder synced: from here on recovery finishes what is left
/// old -> .deleted   recovery removes those whose offsets the .swap covers
/// .swap -> final    the indexes first
/// ```
///
/// The first step is made durable before an old file loses its name, so that no order in which a
/// file system keeps the renames can lose both.
final class SegmentSwap {
    private static final Logger LOGGER = LoggerFactory.getLogger(SegmentSwap.class);
    private static final String LOG_SWAP = SegmentNames.LOG + SegmentNames.SWAP;

    private SegmentSwap() {}

    static void replace(
            LogContext context,
            Path folder,
            LogSegments segments,
            int first,
            int count,
            Segment cleaned,
            long dueMs) {
        cleaned.files().rename(SegmentNames.SWAP);
        context.disk().syncDirectory(folder);
        segments.replace(first, count, cleaned, dueMs);
        cleaned.files().rename("");
    }

    /// Finishes what a crash has interrupted. Before the folder's segments are looked at.
    static void recover(LogContext context, Path folder, int indexIntervalBytes) {
        var disk = context.disk();
        var names = disk.list(folder);
        var logs = new ArrayList<Long>();
        var swaps = new ArrayList<Long>();
        for (var name : names) {
            long base = SegmentNames.parse(name, SegmentNames.LOG);
            if (base >= 0) {
                logs.add(base);
            }
            long swap = SegmentNames.parse(name, LOG_SWAP);
            if (swap >= 0) {
                swaps.add(swap);
            }
        }
        swaps.forEach(base -> recover(context, folder, indexIntervalBytes, base, logs));
        boolean left = !swaps.isEmpty();
        for (var name : disk.list(folder)) {
            if (name.endsWith(SegmentNames.SWAP)) { // An index of one that came no further.
                disk.delete(folder.resolve(name));
                left = true;
            }
        }
        if (left) {
            disk.syncDirectory(folder);
        }
    }

    private static void recover(
            LogContext context, Path folder, int indexIntervalBytes, long base, List<Long> logs) {
        long nowMs = context.clock().wallMs();
        var disk = context.disk();
        var files = context.files();
        var swap = Segment.openAside(disk, files, folder, base, SegmentNames.SWAP, nowMs);
        var found = swap.recover(base, indexIntervalBytes, false, BatchJudge.NONE);
        if (found.flaw() != null && logs.contains(base)) {
            LOGGER.atError()
                    .addKeyValue("file", swap.file().path())
                    .addKeyValue("position", found.goodBytes())
                    .addKeyValue("reason", found.flaw())
                    .log("compacted segment is damaged, what it was made from stays");
            swap.files().remove();
            return;
        }
        for (long old : logs) {
            if (old >= base && old < Math.max(found.nextOffset(), base + 1)) {
                Segment.open(disk, files, folder, old, nowMs).files().remove();
            }
        }
        for (var name : disk.list(folder)) { // What was aborted is not in the compacted one.
            long old = SegmentNames.parse(name, SegmentNames.TRANSACTION_INDEX);
            if (old >= base && old < Math.max(found.nextOffset(), base + 1)) {
                disk.delete(folder.resolve(name));
            }
        }
        swap.seal();
        swap.files().force();
        swap.files().rename("");
        swap.files().abandon(); // Whoever opens the folder opens it by its new name.
        LOGGER.atInfo()
                .addKeyValue("folder", folder)
                .addKeyValue("baseOffset", base)
                .log("interrupted compaction finished");
    }
}
