package io.moldau.chaos.workload;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.common.TopicPartition;

/// The partitions of a run by their numbers, and how far each has come. Any thread may ask.
///
/// A key is a partition: those of the first topic come first. Its values are 0, 1, 2, …, each sent
/// once, whoever sends it.
final class KeySpace {
    /// What a record holds: its value in digits, and blanks. About as much as people send.
    private static final int RECORD_BYTES = 100;

    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Map<TopicPartition, Integer> keys = new HashMap<>();
    private final AtomicLongArray nextValues;
    private final AtomicLongArray acknowledgedEnds;

    KeySpace(List<LoadTopic> topics) {
        for (var topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                var tp = new TopicPartition(topic.name(), partition);
                keys.put(tp, partitions.size());
                partitions.add(tp);
            }
        }
        nextValues = new AtomicLongArray(partitions.size());
        acknowledgedEnds = new AtomicLongArray(partitions.size());
    }

    int size() {
        return partitions.size();
    }

    TopicPartition partition(int key) {
        return partitions.get(key);
    }

    int key(TopicPartition partition) {
        return keys.get(partition);
    }

    List<Long> keysOf(Iterable<TopicPartition> some) {
        var found = new ArrayList<Long>();
        some.forEach(partition -> found.add((long) key(partition)));
        found.sort(null);
        return found;
    }

    /// A value of `key` that nobody has had.
    long newValue(int key) {
        return nextValues.getAndIncrement(key);
    }

    void onAcknowledged(int key, long offset) {
        acknowledgedEnds.accumulateAndGet(key, offset + 1, Math::max);
    }

    /// Behind the last acknowledged offset.
    long acknowledgedEnd(int key) {
        return acknowledgedEnds.get(key);
    }

    static byte[] bytesOf(long value) {
        var bytes = new byte[RECORD_BYTES];
        var digits = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(digits, 0, bytes, 0, digits.length);
        return bytes;
    }

    /// @throws NumberFormatException it is no record of ours
    static long valueOf(byte[] bytes) {
        return Long.parseLong(new String(bytes, StandardCharsets.US_ASCII).strip());
    }
}
