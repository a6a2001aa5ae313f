package io.moldau.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.replication.ReplicationSettings;
import io.moldau.log.AppendResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes stop, come back and are wrongly taken for dead, while a producer goes on.
class ReplicationChurnTest {
    private static final int ROUNDS = 15;
    private static final List<Integer> ALL = List.of(1, 2, 3);

    @TempDir Path root;
    private final Map<Integer, ReplicationRig.Node> live = new ConcurrentHashMap<>();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> unknown = new ConcurrentLinkedQueue<>();
    private final long seed = Long.getLong("moldau.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private ReplicationRig rig;
    private volatile boolean stopped;

    @AfterEach
    void close() {
        stopped = true;
        rig.close();
    }

    @Test
    void whatWasAcknowledgedIsOnEveryReplicaInTheEnd() throws InterruptedException {
        // given
        rig = new ReplicationRig(root, ReplicationSettings.DEFAULT);
        ALL.forEach(id -> live.put(id, rig.start(id)));
        rig.requireInSync(2);
        rig.createTopic(1, 2, 3);
        var producer = Thread.ofVirtual().start(this::produce);

        // when
        for (int round = 0; round < ROUNDS; round++) {
            disturb(1 + random.nextInt(ALL.size()));
            awaitSome();
        }
        stopped = true;
        producer.join();

        // then
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(rig.metadata().isr())
                                .as("seed %d", seed)
                                .containsExactlyInAnyOrderElementsOf(ALL));
        var first = live.get(1).values();
        assertThat(unknown).as("answers that never came").hasSizeLessThan(2 * ROUNDS);
        assertThat(first).as("seed %d", seed).containsAll(acknowledged).doesNotHaveDuplicates();
        assertThat(live.get(2).values()).as("seed %d", seed).isEqualTo(first);
        assertThat(live.get(3).values()).as("seed %d", seed).isEqualTo(first);
    }

    private void disturb(int id) {
        if (random.nextBoolean()) {
            live.remove(id).close();
            rig.fence(id);
            if (random.nextBoolean()) {
                awaitSome();
            }
            live.put(id, rig.start(id));
        } else {
            rig.fence(id); // Though it lives.
            if (random.nextBoolean()) {
                awaitSome();
            }
            rig.unfence(id);
        }
    }

    /// Until the producer has got something through, as long as two replicas are in sync.
    private void awaitSome() {
        int target = acknowledged.size() + random.nextInt(20);
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> acknowledged.size() >= target || System.nanoTime() > deadline);
    }

    private void produce() {
        for (int i = 0; !stopped; i++) {
            var value = "v" + i;
            var leader = live.get(rig.metadata().leader());
            if (leader == null) {
                Thread.onSpinWait();
                continue;
            }
            try {
                var answer = leader.produce(true, 300, value).get(1, TimeUnit.SECONDS);
                if (answer instanceof AppendResult.Appended) {
                    acknowledged.add(value);
                }
            } catch (Exception stoppedMeanwhile) {
                unknown.add(value);
            }
        }
    }
}
