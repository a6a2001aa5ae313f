package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A consumer that chooses its partitions itself, others every now and then, and reads on from near
/// their ends.
final class AssignedReader extends ClientThread {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int STAY_SECONDS_MIN = 10;
    private static final int STAY_SECONDS_MAX = 60;

    /// How far back it goes: far enough to meet records of former leaders again.
    private static final int BACK_MAX = 5_000;

    private final Scene scene;
    private final Random random;

    AssignedReader(Scene scene, String name, long seed) {
        super(name);
        this.scene = scene;
        this.random = new Random(seed);
        start(this::run);
    }

    private void run() {
        while (!isStopping()) {
            int process = scene.history().newProcess();
            var consumer = newConsumer();
            try {
                readUntilTheEnd(consumer, process);
            } finally {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
            Threads.pause(POLL);
        }
    }

    private KafkaConsumer<byte[], byte[]> newConsumer() {
        return new KafkaConsumer<>(
                ClientSettings.consumer(scene.plan().bootstrap(), name()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void readUntilTheEnd(KafkaConsumer<byte[], byte[]> consumer, int process) {
        while (goesOn()) {
            assign(consumer, process);
            int stay = STAY_SECONDS_MIN + random.nextInt(STAY_SECONDS_MAX - STAY_SECONDS_MIN + 1);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(stay);
            while (goesOn() && System.nanoTime() < until) {
                if (!poll(consumer, process)) {
                    return; // It is nobody from now on.
                }
            }
        }
        if (takeCrash()) {
            scene.history().crash(process, Notes.NONE);
        }
    }

    private void assign(KafkaConsumer<byte[], byte[]> consumer, int process) {
        var partitions = new ArrayList<TopicPartition>();
        for (int key = 0; key < scene.keys().size(); key++) {
            if (random.nextBoolean()) {
                partitions.add(scene.keys().partition(key));
            }
        }
        if (partitions.isEmpty()) {
            partitions.add(scene.keys().partition(random.nextInt(scene.keys().size())));
        }
        var value = new Value.Keys(scene.keys().keysOf(partitions));
        scene.history().invoke(process, "assign", value);
        consumer.assign(partitions);
        for (var partition : partitions) {
            long end = scene.keys().acknowledgedEnd(scene.keys().key(partition));
            consumer.seek(partition, Math.max(0, end - random.nextInt(BACK_MAX)));
        }
        scene.history().complete(process, Stage.OK, "assign", value, Notes.NONE);
    }

    private boolean poll(KafkaConsumer<byte[], byte[]> consumer, int process) {
        var asked = Value.of(new Poll());
        scene.history().invoke(process, "poll", asked);
        try {
            var records = consumer.poll(POLL);
            var got = PollStep.valueOf(scene.keys(), records);
            scene.history().complete(process, Stage.OK, "poll", got, Notes.NONE);
            scene.meter().onPolled(records.count());
            return true;
        } catch (KafkaException e) {
            var notes = PollStep.failed(e);
            scene.history().complete(process, Stage.INFO, "poll", asked, notes);
            return false;
        }
    }
}
