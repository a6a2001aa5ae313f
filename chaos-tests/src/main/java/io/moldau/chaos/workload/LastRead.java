package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads some keys from their beginnings to their last acknowledged offsets, once nobody sends any
/// more.
final class LastRead {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Scene scene;
    private final List<Integer> keys;
    private final long deadlineNanos;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private volatile boolean complete;

    /// @param deadlineNanos of the machine's clock
    LastRead(Scene scene, List<Integer> keys, long deadlineNanos) {
        this.scene = scene;
        this.keys = List.copyOf(keys);
        this.deadlineNanos = deadlineNanos;
    }

    /// Begins in a thread of its own.
    Thread start(String name) {
        return Thread.ofPlatform().name(name).start(() -> run(name));
    }

    private void run(String name) {
        while (!complete && System.nanoTime() < deadlineNanos) {
            var settings = ClientSettings.consumer(scene.plan().bootstrap(), name);
            settings.put("max.poll.records", "2000");
            var consumer =
                    new KafkaConsumer<>(
                            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            try {
                read(consumer, scene.history().newProcess());
            } finally {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
            if (!complete) {
                Threads.pause(POLL); // What could not be read may be mended by then.
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, int process) {
        var partitions = keys.stream().map(scene.keys()::partition).toList();
        var value = new Value.Keys(scene.keys().keysOf(partitions));
        scene.history().invoke(process, "assign", value);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        positions.clear();
        scene.history().complete(process, Stage.OK, "assign", value, Notes.NONE);
        while (!isComplete() && System.nanoTime() < deadlineNanos) {
            if (!poll(consumer, process)) {
                return;
            }
        }
        complete = isComplete();
    }

    private boolean poll(KafkaConsumer<byte[], byte[]> consumer, int process) {
        var asked = Value.of(new Poll());
        scene.history().invoke(process, "poll", asked);
        try {
            var records = consumer.poll(POLL);
            var got = PollStep.valueOf(scene.keys(), records);
            scene.history().complete(process, Stage.OK, "poll", got, Notes.NONE);
            scene.meter().onPolled(records.count());
            for (var partition : records.partitions()) {
                positions.put(partition, records.records(partition).getLast().offset() + 1);
            }
            return true;
        } catch (KafkaException e) {
            scene.history().complete(process, Stage.INFO, "poll", asked, PollStep.failed(e));
            return false;
        }
    }

    private boolean isComplete() {
        return keys.stream()
                .allMatch(key ->
                        positions.getOrDefault(scene.keys().partition(key), 0L)
                                >= scene.keys().acknowledgedEnd(key));
    }

    /// Whether it got to the last acknowledged offset of all its keys.
    boolean complete() {
        return complete;
    }
}
