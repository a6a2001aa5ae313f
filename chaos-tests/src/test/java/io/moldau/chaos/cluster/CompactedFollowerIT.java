package io.moldau.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.clean.CompactedReader;
import io.moldau.chaos.clean.LastValues;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// A follower that was away while its leader compacted what it lacks.
class CompactedFollowerIT {
    private static final String TOPIC = "balances";
    private static final int KEYS = 1_000;
    private static final int AWAY = 1;
    private static final int RECORDS = 15_000;

    @Test
    void catchesUpOverTheGapsAndLeadsWithEveryLastValue() {
        try (var cluster = Acceptance.startCluster("compacted", 3, "log.cleaner.backoff.ms=100");
                var view = new ClusterView(cluster.bootstrap())) {
            view.create(
                    new NewTopic(TOPIC, Map.of(0, List.of(AWAY, 2, 3)))
                            .configs(
                                    Map.of(
                                            "cleanup.policy", "compact",
                                            "segment.bytes", "1048576",
                                            "min.cleanable.dirty.ratio", "0.01",
                                            "min.insync.replicas", "2")));
            try (var values = new LastValues(cluster.bootstrap(), TOPIC, KEYS)) {
                awaitRecords(values, KEYS);
                cluster.node(AWAY).kill();
                view.awaitIsr(TOPIC, 2);
                awaitRecords(values, RECORDS);
                var leader = cluster.node(view.leader(TOPIC, 0));
                await("compaction")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> compactedUpTo(leader) > RECORDS / 2);

                cluster.node(AWAY).start();
                view.awaitFullIsr(TOPIC);
                values.stop();
                lead(view);

                check(cluster.bootstrap(), values);
            }
        }
    }

    private static void lead(ClusterView view) {
        var partition = new TopicPartition(TOPIC, 0);
        await("election")
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> {
                    var _ =
                            view.admin()
                                    .electLeaders(ElectionType.PREFERRED, Set.of(partition))
                                    .all();
                    return view.leader(TOPIC, 0) == AWAY;
                });
    }

    private static void check(String bootstrap, LastValues values) {
        assertThat(values.failures()).isEmpty();
        try (var reader = new CompactedReader(bootstrap, TOPIC)) {
            var last = reader.readAll().last();
            assertThat(reader.disorder()).isEmpty();
            values.requireLast(last);
            assertThat(reader.count()).isLessThan(values.acknowledgedCount() / 2);
        }
    }

    private static void awaitRecords(LastValues values, long count) {
        await(count + " records")
                .atMost(Duration.ofMinutes(2))
                .until(() -> values.acknowledgedCount() >= count);
    }

    private static long compactedUpTo(BrokerProcess broker) {
        var file = broker.data().resolve("cleaner-offset-checkpoint");
        try {
            return Files.exists(file)
                    ? Files.readString(file)
                            .lines()
                            .filter(line -> line.startsWith(TOPIC + " 0 "))
                            .mapToLong(line ->
                                    Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                            .findFirst()
                            .orElse(0)
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
