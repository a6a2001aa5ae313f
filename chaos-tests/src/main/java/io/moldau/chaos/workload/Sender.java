package io.moldau.chaos.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// An idempotent producer with a lane for each key, which sends as often as its rate allows.
final class Sender extends ClientThread {
    private static final int RECORDS_OF_AN_OPERATION_MAX = 8;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /// What was not sent while nothing could be is not made up for.
    private static final double SAVED_SECONDS_MAX = 0.2;

    private final Scene scene;
    private final double recordsPerSecond;
    private final Random random;
    private final List<SendLane> lanes = new ArrayList<>();

    Sender(Scene scene, String name, double recordsPerSecond, long seed) {
        super(name);
        this.scene = scene;
        this.recordsPerSecond = recordsPerSecond;
        this.random = new Random(seed);
        for (int key = 0; key < scene.keys().size(); key++) {
            lanes.add(new SendLane(scene, key));
        }
        start(this::run);
    }

    private void run() {
        while (!isStopping()) {
            live();
        }
    }

    /// One client's life: until it crashes or the run ends.
    private void live() {
        var producer = newProducer();
        try {
            sendUntilTheEnd(producer);
            awaitAnswers();
        } finally {
            // Whatever has no answer yet gets none, as if the process had been killed.
            producer.close(Duration.ZERO);
        }
        if (takeCrash()) {
            lanes.stream().filter(lane -> !lane.isBusy()).forEach(SendLane::crash);
        }
    }

    private KafkaProducer<byte[], byte[]> newProducer() {
        return new KafkaProducer<>(
                ClientSettings.producer(scene.plan().bootstrap(), name()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void sendUntilTheEnd(KafkaProducer<byte[], byte[]> producer) {
        double budget = 0;
        long last = System.nanoTime();
        var order = new ArrayList<>(lanes);
        while (goesOn()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            long now = System.nanoTime();
            budget += (now - last) / 1e9 * recordsPerSecond;
            budget = Math.min(budget, Math.max(1, recordsPerSecond * SAVED_SECONDS_MAX));
            last = now;
            Collections.shuffle(order, random);
            for (var lane : order) {
                if (budget >= 1 && !lane.isBusy()) {
                    int most = (int) Math.min(budget, RECORDS_OF_AN_OPERATION_MAX);
                    int count = 1 + random.nextInt(most);
                    lane.send(producer, count);
                    budget -= count;
                }
            }
        }
    }

    private void awaitAnswers() {
        long deadline =
                System.nanoTime()
                        + TimeUnit.MILLISECONDS.toNanos(ClientSettings.DELIVERY_TIMEOUT_MS);
        while (!isCrashing()
                && lanes.stream().anyMatch(SendLane::isBusy)
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
