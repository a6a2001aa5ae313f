package io.moldau.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.ClusterProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

/// One of three nodes is stopped, its disk loses or changes something of a log, and it is started
/// again: what it lacks it fetches from the others, and it does not lead before.
class DamagedDiskIT {
    private static final String TOPIC = "archive";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int VICTIM = 2;
    private static final int RECORDS_PER_ROUND = 400;
    private static final Duration SETTLES = Duration.ofMinutes(2);

    private ClusterProcess cluster;
    private Admin admin;

    private interface Harm {
        /// @param segments files with records, from the oldest to the one that was written last
        void doTo(List<Path> segments) throws IOException;
    }

    @Test
    void whatADiskLosesIsFetchedFromTheOthers() throws Exception {
        try (var started =
                        Acceptance.startCluster(
                                "damaged-disk",
                                3,
                                "auto.leader.rebalance.enable=false",
                                "log.segment.bytes=" + (1 << 20),
                                "log.scrub.interval.ms=1000",
                                "log.scrub.bytes.per.second=" + (64 << 20));
                var client = Admin.create(Map.of("bootstrap.servers", started.bootstrap()))) {
            cluster = started;
            admin = client;
            admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(VICTIM, 1, 3)))))
                    .all()
                    .get();
            try (var records = new BigRecords(cluster.bootstrap(), TOPIC, 100)) {
                round("the end of the last segment is cut off", records, false, DamagedDiskIT::cut);
                round("a bit in the middle is flipped", records, true, DamagedDiskIT::flip);
                round(
                        "a bit of the last segment is flipped",
                        records,
                        true,
                        DamagedDiskIT::flipLast);
                round(
                        "a segment in the middle is cut in half",
                        records,
                        true,
                        DamagedDiskIT::halve);
                round("all indexes are gone", records, false, DamagedDiskIT::deleteIndexes);
            }
        }
    }

    private void round(String what, BigRecords records, boolean needsRepair, Harm harm)
            throws Exception {
        long wanted = records.acknowledged() + RECORDS_PER_ROUND;
        await("records").atMost(SETTLES).until(() -> records.acknowledged() >= wanted);
        awaitIsr(Set.of(1, 2, 3));
        assertThat(cluster.node(VICTIM).stop()).isZero();
        harm.doTo(segments());
        cluster.node(VICTIM).start();
        if (needsRepair) {
            await("the damage is found")
                    .atMost(SETTLES)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> metric("moldau_log_repairs_total") >= 1);
        }
        assertThat(partition().leader().id()).isNotEqualTo(VICTIM);
        awaitIsr(Set.of(1, 2, 3));
        admin.electLeaders(ElectionType.PREFERRED, Set.of(PARTITION)).all().get();
        await("the victim leads").atMost(SETTLES).until(() -> partition().leader().id() == VICTIM);
        assertThat(records.missing(0)).as(what).isEmpty();
        assertThat(records.failures()).as(what).isEmpty();
        System.out.printf(
                "%-45s nothing lost of %d records; damages found %.0f, repairs %.0f%n",
                what,
                records.acknowledged(),
                metric("moldau_log_damages_total"),
                metric("moldau_log_repairs_total"));
    }

    private TopicPartitionInfo partition() throws Exception {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get()
                .get(TOPIC)
                .partitions()
                .getFirst();
    }

    private void awaitIsr(Set<Integer> ids) {
        await("in sync: " + ids)
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(100))
                .until(() ->
                        partition().isr().size() == ids.size()
                                && partition().isr().stream()
                                        .allMatch(node -> ids.contains(node.id())));
    }

    private double metric(String name) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var uri = cluster.adminUri(VICTIM).resolve("/metrics");
            var body = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            Optional<String> line =
                    body.body().lines().filter(text -> text.startsWith(name + " ")).findFirst();
            return line.map(text -> Double.parseDouble(text.substring(name.length() + 1)))
                    .orElse(0.0);
        } catch (ConnectException starting) {
            return -1;
        }
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }

    private Path folder() {
        return cluster.node(VICTIM).data().resolve(TOPIC + "-0");
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static void cut(List<Path> segments) throws IOException {
        try (var file = open(segments.getLast())) {
            file.truncate(file.size() / 2);
        }
    }

    private static void flip(List<Path> segments) throws IOException {
        flip(segments.get(segments.size() / 2));
    }

    /// Nothing of it is read when a node starts that was stopped in order.
    private static void flipLast(List<Path> segments) throws IOException {
        flip(segments.getLast());
    }

    private static void flip(Path segment) throws IOException {
        try (var file = open(segment)) {
            long position = file.size() / 2;
            var one = ByteBuffer.allocate(1);
            file.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 8));
            file.write(one.flip(), position);
        }
    }

    private static void halve(List<Path> segments) throws IOException {
        try (var file = open(segments.get(segments.size() / 2))) {
            file.truncate(file.size() / 2);
        }
    }

    private static void deleteIndexes(List<Path> segments) throws IOException {
        for (var segment : segments) {
            var name = segment.getFileName().toString().replace(".log", "");
            Files.deleteIfExists(segment.resolveSibling(name + ".index"));
            Files.deleteIfExists(segment.resolveSibling(name + ".timeindex"));
        }
    }
}
