package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofBoolean;
import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;
import static io.moldau.broker.config.Setting.ofType;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Range;

/// Compaction: who does it, how fast, with how much memory; and what a topic falls back to.
final class CleanerSettings {
    static final List<Setting> WORK =
            List.of(
                    ofBoolean(
                            "log.cleaner.enable",
                            true,
                            "Whether logs are compacted that ask for it."),
                    ofInt("log.cleaner.threads", 1, "How many logs are compacted at once.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.cleaner.backoff.ms",
                                    15_000,
                                    "How often logs are looked over for compaction.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.cleaner.dedupe.buffer.size",
                                    134_217_728,
                                    "Memory for the keys of logs being compacted, 24 bytes each, of"
                                            + " all threads together; at most a quarter of the"
                                            + " heap, and no more than the keys need. A log with"
                                            + " more keys is compacted in several rounds.")
                            .clusterWide(),
                    ofInt(
                                    "log.cleaner.io.buffer.size",
                                    524_288,
                                    "Memory for reading and writing while compacting, of all"
                                            + " threads together.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofType(
                                    "log.cleaner.io.buffer.load.factor",
                                    ConfigDef.Type.DOUBLE,
                                    0.9,
                                    "How full the memory for keys may get; fuller means fewer"
                                            + " rounds and slower ones.")
                            .clusterWide(),
                    ofType(
                                    "log.cleaner.io.max.bytes.per.second",
                                    ConfigDef.Type.DOUBLE,
                                    Double.MAX_VALUE,
                                    "How much compaction reads and writes, all threads together.")
                            .clusterWide());

    static final List<Setting> TOPICS =
            List.of(
                    ofType(
                                    "log.cleaner.min.cleanable.ratio",
                                    ConfigDef.Type.DOUBLE,
                                    0.5,
                                    "A log is compacted when this share of it has not been"
                                            + " compacted yet.")
                            .allowing(Range.between(0, 1))
                            .clusterWide(),
                    ofLong(
                                    "log.cleaner.delete.retention.ms",
                                    86_400_000,
                                    "How long a compacted log keeps the marks of deleted keys.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.cleaner.min.compaction.lag.ms",
                                    0,
                                    "A record stays uncompacted at least so long.")
                            .allowing(Range.atLeast(0))
                            .clusterWide(),
                    ofLong(
                                    "log.cleaner.max.compaction.lag.ms",
                                    Long.MAX_VALUE,
                                    "A record stays uncompacted at most so long.")
                            .allowing(Range.atLeast(1))
                            .clusterWide());

    private CleanerSettings() {}
}
