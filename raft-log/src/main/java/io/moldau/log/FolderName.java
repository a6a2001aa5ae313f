package io.moldau.log;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Kafka's names for the folders of a log directory: `<topic>-<partition>`, with a suffix for what
/// is put aside.
final class FolderName {
    static final String DELETED = "-delete";
    static final String STRAY = "-stray";

    private static final int NAME_MAX = 255;
    private static final Pattern LIVE = Pattern.compile("([a-zA-Z0-9._-]+)-([0-9]{1,9})");

    private FolderName() {}

    static String of(TopicPartition partition) {
        return partition.topic() + '-' + partition.partition();
    }

    /// A name that no live folder has. Long topics are shortened, since file names have a bound.
    static String aside(TopicPartition partition, Uuid unique, String suffix) {
        var tail = '.' + unique.toString().replace('-', '_') + suffix;
        var head = of(partition);
        return head.substring(0, Math.min(head.length(), NAME_MAX - tail.length())) + tail;
    }

    static boolean isDeleted(String name) {
        return name.endsWith(DELETED);
    }

    /// Empty when this is no live partition's folder.
    static Optional<TopicPartition> parse(String name) {
        var matcher = LIVE.matcher(name);
        return matcher.matches()
                ? Optional.of(
                        new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }
}
