package io.moldau.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.SmallDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// A node whose disk fills up: first with its own records, then with what another program writes,
/// to the last byte. Deleting records is what helps.
class FullDiskIT {
    private static final int DISK_MB = 128;
    private static final int MIN_FREE_MB = 24;
    private static final String TOPIC = "archive";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration SETTLES = Duration.ofMinutes(1);

    private final long beganNanos = System.nanoTime();

    @Test
    void refusesProducersServesEverythingElseAndResumesByItself() throws Exception {
        var launch =
                Acceptance.launch("full-disk")
                        .withOverrides(
                                "disk.min.free.bytes=" + (MIN_FREE_MB << 20),
                                "disk.reserve.bytes=" + (8 << 20),
                                "log.segment.bytes=" + (4 << 20));
        var whyNot = new ArrayList<String>();
        var mounted = SmallDisk.mount(launch.home().resolve("data"), DISK_MB, whyNot);
        if (mounted.isEmpty()) {
            System.out.println("skipped: " + whyNot.getFirst());
        }
        Assumptions.assumeTrue(mounted.isPresent(), () -> whyNot.getFirst());
        try (var disk = mounted.get();
                var broker = BrokerProcess.start(launch.withPrefix(disk.prefix()))) {
            run(disk, broker);
        }
    }

    private void run(SmallDisk disk, BrokerProcess broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            awaitReserve(disk);
            var records = new BigRecords(broker.bootstrap(), TOPIC, 2_000);
            long from;
            try (records) {
                await("full").atMost(SETTLES).until(() -> isFull(admin));
                tell("producers are refused", disk, records);
                assertThat(disk.freeBytes()).isGreaterThan((MIN_FREE_MB / 2L) << 20);
                everythingElseGoesOn(admin, records, 1);

                assertThat(broker.stop()).isZero();
                broker.start();
                tell("stopped and started again", disk, records);
                everythingElseGoesOn(admin, records, 2);

                disk.fillUp();
                await("the reserve is given up")
                        .atMost(SETTLES)
                        .until(() -> !disk.names().contains(".reserve"));
                tell("not a byte was left, the reserve is given up", disk, records);
                everythingElseGoesOn(admin, records, 3);

                broker.kill();
                broker.start();
                tell("killed and started again", disk, records);
                everythingElseGoesOn(admin, records, 4);

                long acknowledged = records.acknowledged();
                from = deleteHalf(admin);
                await("producing")
                        .atMost(SETTLES)
                        .until(() -> records.acknowledged() > acknowledged + 100);
                tell("producing again", disk, records);
            }
            assertThat(records.missing(from)).isEmpty();
            assertThat(records.failures()).isEmpty();
        }
    }

    private static void awaitReserve(SmallDisk disk) {
        await("a reserve")
                .atMost(SETTLES)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> disk.names().contains(".reserve"));
    }

    private static boolean isFull(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                .flatMap(dirs -> dirs.values().stream())
                .anyMatch(dir -> dir.isCordoned());
    }

    /// Reading, committing, and changing the metadata.
    private static void everythingElseGoesOn(Admin admin, BigRecords records, int round)
            throws Exception {
        assertThat(records.missing(0)).isEmpty();
        var group = "reader-" + round;
        admin.alterConsumerGroupOffsets(group, Map.of(PARTITION, new OffsetAndMetadata(round)))
                .all()
                .get(30, TimeUnit.SECONDS);
        var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        assertThat(committed.get(PARTITION).offset()).isEqualTo(round);
        var topic = "made-when-full-" + round;
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
    }

    private static long deleteHalf(Admin admin) throws Exception {
        var spec = Map.of(PARTITION, org.apache.kafka.clients.admin.OffsetSpec.latest());
        long end = admin.listOffsets(spec).all().get().get(PARTITION).offset();
        return admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(end / 2)))
                .lowWatermarks()
                .get(PARTITION)
                .get(30, TimeUnit.SECONDS)
                .lowWatermark();
    }

    private void tell(String what, SmallDisk disk, BigRecords records) {
        System.out.printf(
                "%6.1f s  %-45s %4d KiB free, %d records acknowledged%n",
                (System.nanoTime() - beganNanos) / 1e9,
                what,
                disk.freeBytes() >> 10,
                records.acknowledged());
    }
}
