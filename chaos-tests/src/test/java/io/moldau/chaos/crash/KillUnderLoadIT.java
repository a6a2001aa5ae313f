package io.moldau.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.CommittingGroup;
import io.moldau.chaos.load.DeliveryChecker;
import io.moldau.chaos.load.Event;
import io.moldau.chaos.load.Positions;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/// `kill -9` at random moments while producers send and groups commit.
///
/// System properties: `moldau.kill.rounds` (5), `moldau.kill.seed` (by chance, printed),
/// `moldau.restart.ms.max` (2000, for the median of the rounds).
class KillUnderLoadIT {
    private static final int ROUNDS = Integer.getInteger("moldau.kill.rounds", 5);
    private static final long SEED =
            Long.getLong("moldau.kill.seed", ThreadLocalRandom.current().nextLong(1_000_000));
    private static final long RESTART_MS_MAX = Long.getLong("moldau.restart.ms.max", 2_000);
    private static final int LOAD_MS_MAX = 1_500;
    private static final int PARTITIONS = 6;
    private static final int PRODUCERS = 4;
    private static final int GROUPS = 3;
    private static final String TOPIC = "ledger";
    private static final Duration RECOVERS = Duration.ofMinutes(1);

    private final List<Long> restartsMs = new ArrayList<>();
    private final List<Long> firstAcksMs = new ArrayList<>();

    @Test
    void keepsEveryAcknowledgedRecordAndCommit() throws IOException {
        var launch = Acceptance.launch("kill");
        killUnderLoad(launch);
        assertThat(partitionsIn(launch.home().resolve("data"))).isEqualTo(PARTITIONS);
    }

    /// The partitions are spread over both, each of which has its own checkpoints.
    @Test
    void keepsThemInSeveralDataDirectories() throws IOException {
        var launch = Acceptance.launch("kill-two-directories");
        var first = launch.home().resolve("data");
        var second = launch.home().resolve("more");

        killUnderLoad(launch.withArguments("--data", first + "," + second));

        assertThat(partitionsIn(first)).isBetween(1L, PARTITIONS - 1L);
        assertThat(partitionsIn(first) + partitionsIn(second)).isEqualTo(PARTITIONS);
        assertThat(second.resolve("recovery-point-offset-checkpoint")).exists();
        assertThat(second.resolve(".kafka_cleanshutdown")).exists();
    }

    private static long partitionsIn(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith(TOPIC + "-"))
                    .count();
        }
    }

    private void killUnderLoad(BrokerProcess.Launch launch) {
        System.out.printf("kill -9 under load: %d rounds, -Dmoldau.kill.seed=%d%n", ROUNDS, SEED);
        var random = new Random(SEED);
        var fast = launch.withOverrides("group.initial.rebalance.delay.ms=0");
        try (var broker = BrokerProcess.start(fast)) {
            Topics.create(broker.bootstrap(), TOPIC, PARTITIONS);
            var producers = new Producers(broker.bootstrap(), TOPIC, PARTITIONS);
            var groups =
                    IntStream.range(0, GROUPS)
                            .mapToObj(i ->
                                    new CommittingGroup(
                                            broker.bootstrap(), "bookkeeper-" + i, TOPIC))
                            .toList();
            try (producers) {
                producers.start(PRODUCERS);
                for (int round = 1; round <= ROUNDS; round++) {
                    awaitProgress(producers, groups);
                    pause(random.nextInt(LOAD_MS_MAX));
                    killAndCheck(broker, producers, groups);
                }
                awaitProgress(producers, groups);
            } finally {
                groups.forEach(CommittingGroup::close);
            }
            report(producers, groups);
            checkRecords(broker, producers);
            broker.stop();
        }
    }

    private void killAndCheck(
            BrokerProcess broker, Producers producers, List<CommittingGroup> groups) {
        broker.kill();
        var history = new ArrayList<Event>();
        groups.forEach(group -> history.addAll(group.promises()));
        long acknowledged = producers.acknowledgedCount();
        long begin = System.nanoTime();
        restartsMs.add(broker.start().toMillis());
        await("an acknowledgement")
                .atMost(RECOVERS)
                .until(() -> producers.acknowledgedCount() > acknowledged);
        firstAcksMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            for (var group : groups) {
                history.addAll(Positions.of(admin, group.name(), TOPIC, PARTITIONS));
            }
        }
        assertThat(DeliveryChecker.check(history))
                .as("commits after round %d", restartsMs.size())
                .isEmpty();
        assertThat(producers.failures()).isEmpty();
    }

    private static void awaitProgress(Producers producers, List<CommittingGroup> groups) {
        long acknowledged = producers.acknowledgedCount();
        var commits = groups.stream().map(CommittingGroup::commitCount).toList();
        await("progress")
                .atMost(RECOVERS)
                .until(() ->
                        producers.acknowledgedCount() > acknowledged
                                && IntStream.range(0, groups.size())
                                        .allMatch(
                                                i -> groups.get(i).commitCount() > commits.get(i)));
    }

    /// Lets the load run for a while: the moment of the kill is to be any.
    private static void pause(int milliseconds) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() >= end);
    }

    private void checkRecords(BrokerProcess broker, Producers producers) {
        var history = new ArrayList<>(producers.history());
        history.addAll(Records.readBack(broker.bootstrap(), TOPIC, PARTITIONS));
        assertThat(DeliveryChecker.check(history)).isEmpty();
        var sorted = restartsMs.stream().sorted().toList();
        assertThat(sorted.get(sorted.size() / 2))
                .as("median restart in ms of %s", sorted)
                .isLessThan(Math.round(RESTART_MS_MAX * Acceptance.machineBusyness()));
    }

    private void report(Producers producers, List<CommittingGroup> groups) {
        System.out.printf(
                "killed %d times: %d records acknowledged, %d commits; restart ms %s; first ack ms"
                        + " %s%n",
                restartsMs.size(),
                producers.acknowledgedCount(),
                groups.stream().mapToLong(CommittingGroup::commitCount).sum(),
                restartsMs,
                firstAcksMs);
    }
}
