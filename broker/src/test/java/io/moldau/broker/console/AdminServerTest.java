package io.moldau.broker.console;

import static io.moldau.log.explain.SegmentReport.Fate.DELETED;
import static io.moldau.log.explain.SegmentReport.Fate.KEPT;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.disk.Room;
import io.moldau.broker.partition.PartitionFigures;
import io.moldau.broker.partition.PartitionReport;
import io.moldau.log.LogFacts;
import io.moldau.log.explain.SegmentReport;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.NodeEndpoint;
import io.moldau.quorum.QuorumStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    private final Node node = new Node();
    private final AdminServer server =
            AdminServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), node);
    private final HttpClient client = HttpClient.newHttpClient();

    /// A node before its registration.
    private static final class Node implements NodeView {
        private String failure = "";
        private String recovery = "";
        private ClusterImage image = ClusterImage.empty();

        @Override
        public int nodeId() {
            return 1;
        }

        @Override
        public ClusterImage image() {
            return image;
        }

        @Override
        public QuorumStatus quorum() {
            return new QuorumStatus(1, 3, 77, List.of(), List.of());
        }

        @Override
        public String failure() {
            return failure;
        }

        @Override
        public int minInsyncReplicas(String topic) {
            return 1;
        }

        @Override
        public List<DiskFigures> disks() {
            return List.of(
                    new DiskFigures("/a", true, Room.LOW, 500, 1_000, "The disk is full."),
                    new DiskFigures("/b", false, Room.ENOUGH, 0, 1_000, "The disk is gone."));
        }

        @Override
        public long offlineReplicas() {
            return 4;
        }

        @Override
        public List<PartitionReport> segments(String topic) {
            return List.of();
        }

        @Override
        public long descriptorsUsed() {
            return 90;
        }

        @Override
        public long descriptorsMax() {
            return 256;
        }

        @Override
        public long damagesFound() {
            return 2;
        }

        @Override
        public long repairsBegun() {
            return 1;
        }

        @Override
        public LogFigures logs() {
            var directory = new LogFigures.OfDirectory("/a", 3, 1, 1_795_278_063_500L);
            return new LogFigures(recovery, List.of(directory), 40, 7_000, 2.5, 30, 60, 9_000);
        }

        @Override
        public List<PartitionFigures> partitions() {
            return IntStream.range(0, 10_000)
                    .mapToObj(i ->
                            new PartitionFigures(
                                    "t" + i / 10,
                                    i % 10,
                                    i % 2 == 0,
                                    3,
                                    2,
                                    0,
                                    i % 3 == 0 ? -1 : 5,
                                    i % 3 == 0 ? -1 : 7,
                                    100))
                    .toList();
        }
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    @Test
    void livesUntilItMustStop() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);

        node.failure = "The disk is gone.";

        assertThat(get("/livez").statusCode()).isEqualTo(503);
        assertThat(get("/livez").body()).contains("The disk is gone.");
    }

    @Test
    void saysThatThereIsNoSuchTopic() throws Exception {
        var answer = get("/segments?topic=nowhere");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("There is no topic nowhere.\n");
    }

    @Test
    void writesWhatBecomesOfSegmentsInLinesWithTabs() {
        // given
        var closed = new LogFacts.Segment(0, 100, 5_000, 1_000, 2_000);
        var empty = new LogFacts.Segment(100, 100, 0, 9_000, -1);

        // when
        var page =
                SegmentPage.of(
                        3,
                        List.of(
                                new PartitionReport(
                                        1,
                                        true,
                                        10_000,
                                        List.of(
                                                new SegmentReport(
                                                        closed, false, DELETED, 12_000, "old"),
                                                new SegmentReport(
                                                        empty,
                                                        true,
                                                        KEPT,
                                                        Long.MAX_VALUE,
                                                        "empty")))));

        // then
        assertThat(page.lines().skip(1))
                .containsExactly(
                        "3\t1\tleader\t0\t100\t5000\t1000\t2000\t8000\tfalse\tdeleted\t12000\told",
                        "3\t1\tleader\t100\t100\t0\t\t\t\ttrue\tkept\t\tempty");
    }

    @Test
    void isNotReadyBeforeTheClusterKnowsIt() throws Exception {
        var answer = get("/readyz");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("not registered");
    }

    @Test
    void isNotReadyBeforeItsLogsAreRecovered() throws Exception {
        // given
        decide(new MetadataCommand.NameCluster("admin-cluster-00000001"));
        decide(
                MetadataCommand.RegisterNode.lone(
                        1,
                        Uuid.randomUuid(),
                        new Uuid(0, 1),
                        List.of(
                                new NodeEndpoint(
                                        "PLAINTEXT", "host", 9092, SecurityProtocol.PLAINTEXT)),
                        null,
                        100_000));
        long epoch = Objects.requireNonNull(node.image.node(1)).nodeEpoch();
        decide(new MetadataCommand.UnfenceNode(1, epoch));

        // when
        node.recovery = "3 logs to go.";
        var before = get("/readyz");
        node.recovery = "";
        var after = get("/readyz");

        // then
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).isEqualTo("3 logs to go.\n");
        assertThat(after.statusCode()).isEqualTo(200);
    }

    private void decide(MetadataCommand command) {
        node.image = MetadataMachine.decide(command, node.image).image();
    }

    @Test
    void tellsOfRecoveryCompactionAndScrub() throws Exception {
        var lines = get("/metrics").body().lines().toList();

        assertThat(lines)
                .contains(
                        "kafka_log_logcleaner_max_clean_time_secs 2.5",
                        "kafka_log_logcleaner_max_buffer_utilization_percent 30.0",
                        "kafka_log_logcleaner_cleaner_recopy_percent 60.0",
                        "kafka_log_logcleanermanager_max_dirty_percent 40.0",
                        "kafka_log_logcleanermanager_time_since_last_run_ms 7000.0",
                        "kafka_log_logcleanermanager_uncleanable_partitions_count{logdirectory=\"/a\"} 1.0",
                        "kafka_log_logmanager_remaininglogstorecover{dir=\"/a\"} 3.0",
                        "moldau_log_scrub_bytes_total 9000.0",
                        "moldau_log_scrub_ended_seconds{directory=\"/a\"} 1.7952780635E9");
    }

    @Test
    void saysInJsonWhetherItMayBeStopped() throws Exception {
        var answer = get("/safe-to-stop");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).startsWith("{\"safe\":true,");
    }

    @Test
    void showsEveryPartitionAndOnlyOpenLogsOffsets() throws Exception {
        var lines = get("/metrics").body().lines().toList();

        assertThat(lines).contains("moldau_quorum_term 3.0", "moldau_quorum_leader 1.0");
        assertThat(lines)
                .contains(
                        "moldau_partition_leader{partition=\"4\",topic=\"t0\"} 1.0",
                        "moldau_partition_log_end_offset{partition=\"4\",topic=\"t0\"} 7.0");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("moldau_partition_leader{"))
                .hasSize(10_000);
        assertThat(lines)
                .noneMatch(line ->
                        line.startsWith(
                                "moldau_partition_log_end_offset{partition=\"3\",topic=\"t0\"}"));
    }

    @Test
    void tellsOfEveryDiskUnderKafkasNamesWhereThereAreSome() throws Exception {
        var lines = get("/metrics").body().lines().toList();

        assertThat(lines)
                .contains(
                        "kafka_log_logmanager_offlinelogdirectorycount 1.0",
                        "kafka_log_logmanager_logdirectoryoffline{logdirectory=\"/a\"} 0.0",
                        "kafka_log_logmanager_logdirectoryoffline{logdirectory=\"/b\"} 1.0",
                        "kafka_server_replicamanager_offlinereplicacount 4.0",
                        "process_open_fds 90.0",
                        "process_max_fds 256.0",
                        "moldau_log_damages_total 2.0",
                        "moldau_log_repairs_total 1.0",
                        "moldau_disk_free_bytes{directory=\"/a\"} 500.0",
                        "moldau_disk_min_free_bytes{directory=\"/a\"} 1000.0",
                        "moldau_disk_full{directory=\"/a\"} 1.0");
    }

    @Test
    void namesItsPagesToWhoAsksForAnother() throws Exception {
        var answer = get("/metricsx");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/metrics");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
