package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.Bulk;
import io.moldau.chaos.load.CommittingGroup;
import io.moldau.chaos.load.DeliveryChecker;
import io.moldau.chaos.load.Producers;
import io.moldau.chaos.load.Records;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.tools.StockTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/// Two topics move from three nodes to two others with Kafka's own tool and a throttle, one with
/// much in it, one under load.
///
/// System properties: `moldau.reassign.mb` (64) in the large topic, `moldau.reassign.throttle.mb`
/// (6) a second that each node may send, and take.
class ReassignmentIT {
    private static final long MB = 1024 * 1024;
    private static final long BYTES = Long.getLong("moldau.reassign.mb", 64) * MB;
    private static final long THROTTLE = Long.getLong("moldau.reassign.throttle.mb", 6) * MB;

    /// Of the throttle: a fifth, and what a burst of a second at each of three senders makes of a
    /// short move.
    private static final double TOLERANCE = 0.2 + 3.0 * THROTTLE / BYTES;

    private static final int PARTITIONS = 6;
    private static final String LARGE = "archive";
    private static final String BUSY = "ledger";
    private static final List<Integer> TARGETS = List.of(4, 5);
    private static final Duration MOVED_WITHIN = Duration.ofSeconds(60 + 2 * BYTES / THROTTLE);
    private static final StockTools TOOLS = new StockTools("4.3.1");

    @Test
    void movesUnderLoadAsFastAsTheThrottleAllows() throws IOException {
        try (var cluster =
                        Acceptance.startCluster(
                                "reassign", 5, "group.initial.rebalance.delay.ms=0");
                var view = new ClusterView(cluster.bootstrap())) {
            // given
            view.awaitNodes(5);
            view.create(new NewTopic(LARGE, onThreeNodes()));
            view.create(new NewTopic(BUSY, onThreeNodes()));
            var bootstrap = cluster.bootstrap();
            var bulk = new Bulk(LARGE, PARTITIONS);
            var written = bulk.write(bootstrap, BYTES);
            var producers = new Producers(bootstrap, BUSY, PARTITIONS);
            var plan = Files.writeString(Acceptance.work().resolve("plan.json"), plan());

            // when
            try (producers;
                    var group = new CommittingGroup(bootstrap, "readers", BUSY)) {
                producers.start(2);
                awaitProgress(producers, group);
                var executed = tool(bootstrap, plan, "--execute", "--throttle", "" + THROTTLE);
                assertThat(executed).contains("Successfully started partition reassignments");
                var rates = ratesUntilMoved(view);
                var verified = tool(bootstrap, plan, "--verify");
                awaitProgress(producers, group);

                // then
                System.out.printf("moved %d MB, bytes/s %s%n", BYTES / MB, rates);
                assertThat(verified)
                        .contains(
                                "Clearing broker-level throttles", "Clearing topic-level throttles")
                        .doesNotContain("still in progress");
                assertThat(rates.values())
                        .allSatisfy(rate ->
                                assertThat(rate / THROTTLE)
                                        .isBetween(1 - TOLERANCE, 1 + TOLERANCE));
            }
            assertThat(view.partitions(LARGE)).allSatisfy(ReassignmentIT::isOnTheTargets);
            assertThat(view.partitions(BUSY)).allSatisfy(ReassignmentIT::isOnTheTargets);
            assertThat(throttles(view)).isEmpty();
            assertThat(producers.failures()).isEmpty();
            var history = new ArrayList<>(producers.history());
            history.addAll(Records.readBack(bootstrap, BUSY, PARTITIONS));
            assertThat(DeliveryChecker.check(history)).isEmpty();
            assertThat(bulk.read(bootstrap)).isEqualTo(written);
        }
    }

    private static Map<Integer, List<Integer>> onThreeNodes() {
        return IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(i -> i, i -> List.of(i % 3 + 1, (i + 1) % 3 + 1)));
    }

    private static String plan() {
        var moves =
                Stream.of(LARGE, BUSY)
                        .flatMap(topic ->
                                IntStream.range(0, PARTITIONS).mapToObj(i -> move(topic, i)))
                        .collect(Collectors.joining(","));
        return "{\"version\":1,\"partitions\":[%s]}".formatted(moves);
    }

    private static String move(String topic, int partition) {
        return "{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[%d,%d]}"
                .formatted(topic, partition, 4 + partition % 2, 5 - partition % 2);
    }

    private static String tool(String bootstrap, Path plan, String... more) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "--bootstrap-server",
                                bootstrap,
                                "--reassignment-json-file",
                                plan.toString()));
        arguments.addAll(List.of(more));
        var result = TOOLS.run("kafka-reassign-partitions", arguments, "");
        return result.output() + result.errors();
    }

    private static void isOnTheTargets(org.apache.kafka.common.TopicPartitionInfo partition) {
        assertThat(partition.replicas())
                .extracting(Node::id)
                .containsExactlyInAnyOrderElementsOf(TARGETS);
        assertThat(partition.isr()).hasSize(TARGETS.size());
    }

    private static void awaitProgress(Producers producers, CommittingGroup group) {
        long now = System.nanoTime();
        long commits = group.commitCount();
        await("progress of every partition")
                .atMost(Duration.ofMinutes(1))
                .until(() -> producers.allAcknowledgedSince(now) && group.commitCount() > commits);
    }

    /// Waits for the end of the moves. Gives how fast each target took the large topic, from a
    /// quarter of it on, as a second's worth may pass at once in the beginning, and almost to its
    /// end.
    private static Map<Integer, Double> ratesUntilMoved(ClusterView view) {
        var firsts = new HashMap<Integer, Sample>();
        var lasts = new HashMap<Integer, Sample>();
        await("end of the reassignment")
                .atMost(MOVED_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    sizes(view)
                            .forEach((node, sample) -> {
                                if (sample.bytes >= BYTES / 4) {
                                    firsts.putIfAbsent(node, sample);
                                }
                                if (sample.bytes <= BYTES * 15 / 16) {
                                    lasts.put(node, sample);
                                }
                            });
                    return ClusterView.get(
                                    view.admin().listPartitionReassignments().reassignments())
                            .isEmpty();
                });
        return TARGETS.stream()
                .collect(
                        Collectors.toMap(
                                node -> node, node -> firsts.get(node).rate(lasts.get(node))));
    }

    private record Sample(long bytes, long nanos) {
        double rate(Sample later) {
            return (later.bytes - bytes)
                    * (double) TimeUnit.SECONDS.toNanos(1)
                    / (later.nanos - nanos);
        }
    }

    private static Map<Integer, Sample> sizes(ClusterView view) {
        var described = ClusterView.get(view.admin().describeLogDirs(TARGETS).allDescriptions());
        long now = System.nanoTime();
        var sizes = new HashMap<Integer, Sample>();
        described.forEach((node, folders) -> {
            long bytes =
                    folders.values().stream()
                            .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                            .filter(replica -> replica.getKey().topic().equals(LARGE))
                            .mapToLong(replica -> replica.getValue().size())
                            .sum();
            sizes.put(node, new Sample(bytes, now));
        });
        return sizes;
    }

    /// Every setting that bounds replication, of topics and nodes.
    private static List<String> throttles(ClusterView view) {
        var resources =
                Stream.concat(
                                Stream.of(LARGE, BUSY)
                                        .map(name ->
                                                new ConfigResource(
                                                        ConfigResource.Type.TOPIC, name)),
                                IntStream.rangeClosed(1, 5)
                                        .mapToObj(id ->
                                                new ConfigResource(
                                                        ConfigResource.Type.BROKER, "" + id)))
                        .toList();
        return ClusterView.get(view.admin().describeConfigs(resources).all()).values().stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> entry.name().contains("replication.throttled"))
                .filter(entry ->
                        entry.source() == ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG
                                || entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .map(entry -> entry.name() + "=" + entry.value())
                .toList();
    }
}
