package io.moldau.broker.console;

import io.moldau.broker.partition.PartitionReport;
import java.util.List;
import java.util.Locale;

/// What will become of a topic's segments on this node, as lines with tabs between the fields: for
/// `moldau topics explain`, for `column -t` and for spreadsheets. Times are milliseconds since
/// 1970; a field of what is not known is empty.
final class SegmentPage {
    static final String CONTENT_TYPE = "text/tab-separated-values; charset=utf-8";

    private static final String HEAD =
            String.join(
                    "\t",
                    "node",
                    "partition",
                    "role",
                    "baseOffset",
                    "endOffset",
                    "sizeBytes",
                    "firstTimestampMs",
                    "lastTimestampMs",
                    "ageMs",
                    "active",
                    "next",
                    "dueMs",
                    "why");

    private SegmentPage() {}

    static String of(int nodeId, List<PartitionReport> partitions) {
        var page = new StringBuilder(HEAD).append('\n');
        for (var partition : partitions) {
            for (var report : partition.segments()) {
                var segment = report.segment();
                boolean empty = segment.sizeBytes() == 0;
                line(
                        page,
                        nodeId,
                        partition.partition(),
                        partition.leads() ? "leader" : "follower",
                        segment.baseOffset(),
                        segment.endOffset(),
                        segment.sizeBytes(),
                        empty ? "" : segment.startedMs(),
                        empty ? "" : segment.largestTimestampMs(),
                        empty ? "" : partition.nowMs() - segment.largestTimestampMs(),
                        report.active(),
                        report.next().name().toLowerCase(Locale.ROOT),
                        report.dueMs() == Long.MAX_VALUE ? "" : report.dueMs(),
                        report.why());
            }
        }
        return page.toString();
    }

    private static void line(StringBuilder page, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            page.append(i == 0 ? "" : "\t").append(fields[i]);
        }
        page.append('\n');
    }
}
