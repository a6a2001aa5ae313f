package io.moldau.broker.config;

import static io.moldau.broker.config.Setting.ofInt;
import static io.moldau.broker.config.Setting.ofLong;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef.Range;

/// What is kept free on the disks, and how they are read through.
final class DiskSettings {
    static final List<Setting> ALL =
            List.of(
                    ofLong(
                                    "disk.min.free.bytes",
                                    -1,
                                    "Below so many free bytes on the disk of a data directory"
                                            + " producers are refused there, with an error that"
                                            + " they retry; below half of it replicas are, too."
                                            + " Reading, deleting and committing go on, and so do"
                                            + " the others once a quarter more is free. -1 is a"
                                            + " twentieth of the disk, at most 1 GiB; 0 refuses"
                                            + " nobody before the disk does.")
                            .allowing(Range.atLeast(-1)),
                    ofLong(
                                    "disk.reserve.bytes",
                                    -1,
                                    "Size of the file .reserve in each data directory, which is"
                                            + " given up when other programs have filled the disk,"
                                            + " so that the metadata can still be written and"
                                            + " records deleted. -1 is a fiftieth of the disk,"
                                            + " 4 to 16 MiB; 0 is none.")
                            .allowing(Range.atLeast(-1)),
                    ofLong(
                                    "log.scrub.interval.ms",
                                    604_800_000,
                                    "How long after all closed segments were read and their"
                                            + " checksums compared, in the background, they are"
                                            + " read again. A minute after the start the scrub"
                                            + " goes on where it was. What is damaged is fetched"
                                            + " from other replicas. -1 is never.")
                            .allowing(Range.atLeast(-1)),
                    ofLong(
                                    "log.scrub.bytes.per.second",
                                    4 << 20,
                                    "How much of them is read in a second, at most.")
                            .allowing(Range.atLeast(1)),
                    ofInt(
                                    "num.recovery.threads.per.data.dir",
                                    2,
                                    "How many logs of a data directory are recovered at once after"
                                            + " an unclean stop; from the next start on.")
                            .allowing(Range.atLeast(1))
                            .clusterWide());

    private DiskSettings() {}
}
