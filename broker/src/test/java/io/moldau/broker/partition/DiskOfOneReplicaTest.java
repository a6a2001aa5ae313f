package io.moldau.broker.partition;

import static io.moldau.broker.partition.Answers.errorOf;
import static io.moldau.broker.partition.Answers.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.disk.FaultyDisk;
import io.moldau.broker.disk.Watermarks;
import io.moldau.broker.replication.ReplicationSettings;
import java.nio.file.Path;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three replicas, one of which has trouble with its disk.
class DiskOfOneReplicaTest {
    private static final Watermarks MARKS = new Watermarks(1_000, 500, 1_250);

    @TempDir Path root;
    private ReplicationRig rig;

    @BeforeEach
    void open() {
        rig = new ReplicationRig(root, ReplicationSettings.DEFAULT);
        rig.keepFree(MARKS);
        for (int id = 1; id <= 3; id++) {
            rig.start(id);
        }
        rig.createTopic(1, 2, 3);
        assertThat(errorOf(rig.node(1).produce(true, "a"))).isEqualTo(Errors.NONE);
    }

    @AfterEach
    void close() {
        for (int id = 1; id <= 3; id++) {
            rig.disk(id).heal(rig.folder(id));
        }
        rig.close();
    }

    @Test
    void aLeaderWhoseDiskFailsIsSucceededAndComesBackAsAFollower() {
        rig.disk(1).refuse(rig.folder(1), FaultyDisk.BROKEN);
        assertThat(errorOf(rig.node(1).produce(true, "refused")))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);

        eventually(() -> assertThat(rig.metadata().leader()).isEqualTo(2));
        assertThat(rig.metadata().isr()).containsExactly(2, 3);
        eventually(
                () -> assertThat(errorOf(rig.node(2).produce(true, "b"))).isEqualTo(Errors.NONE));

        rig.disk(1).heal(rig.folder(1));
        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.node(1).values()).containsExactly("a", "b");
    }

    @Test
    void aFollowerWhoseDiskFailsDoesNotHoldUpTheProducers() {
        rig.disk(3).refuse(rig.folder(3), FaultyDisk.BROKEN);

        assertThat(errorOf(rig.node(1).produce(true, "b"))).isEqualTo(Errors.NONE);

        assertThat(rig.metadata().isr()).containsExactly(1, 2);
        assertThat(rig.metadata().leader()).isEqualTo(1);
        rig.disk(3).heal(rig.folder(3));
        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.node(3).values()).containsExactly("a", "b");
    }

    @Test
    void theLastReplicaInSyncGoesOnInANewEpochWhenItsDiskIsBack() {
        rig.fence(2);
        rig.fence(3);
        int epoch = rig.metadata().leaderEpoch();
        rig.disk(1).refuse(rig.folder(1), FaultyDisk.BROKEN);
        assertThat(errorOf(rig.node(1).produce(true, "refused")))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        eventually(() -> assertThat(rig.metadata().leaderEpoch()).isEqualTo(epoch + 1));

        rig.disk(1).heal(rig.folder(1));

        eventually(
                () -> assertThat(errorOf(rig.node(1).produce(true, "b"))).isEqualTo(Errors.NONE));
        assertThat(rig.metadata().leader()).isEqualTo(1);
        assertThat(rig.node(1).values()).containsExactly("a", "b");
    }

    /// It takes what producers had sent before they were refused, as far as there is room at all.
    @Test
    void aFollowerOnADiskThatIsNearlyFullStaysInSync() {
        rig.disk(3).setUsable(900);
        eventually(() -> assertThat(rig.node(3).isShortOfRoom()).isTrue());

        assertThat(errorOf(rig.node(1).produce(true, "b"))).isEqualTo(Errors.NONE);

        assertThat(rig.metadata().isr()).containsExactly(1, 2, 3);
    }

    @Test
    void aFollowerOnAFullDiskLeavesTheOthersAndComesBackByItself() {
        rig.disk(3).setUsable(400);
        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2));
        assertThat(errorOf(rig.node(1).produce(true, "b"))).isEqualTo(Errors.NONE);

        rig.disk(3).setUsable(5_000);

        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        assertThat(rig.node(3).values()).containsExactly("a", "b");
    }

    @Test
    void aLeaderOnAFullDiskLetsAnotherLead() {
        rig.disk(1).setUsable(400);

        eventually(() -> assertThat(rig.metadata().leader()).isEqualTo(2));
        eventually(
                () -> assertThat(errorOf(rig.node(2).produce(true, "b"))).isEqualTo(Errors.NONE));
        assertThat(rig.metadata().isr()).containsExactly(2, 3);
    }

    /// Where all are full, the last one goes on serving readers, and nobody is asked to lead twice.
    @Test
    void whereAllDisksAreFullTheLastOneStaysAndEveryoneComesBack() {
        for (int id = 1; id <= 3; id++) {
            rig.disk(id).setUsable(400);
        }
        eventually(() -> assertThat(rig.metadata().isr()).hasSize(1));
        int last = rig.metadata().leader();
        eventually(() -> assertThat(rig.node(last).isShortOfRoom()).isTrue());
        assertThat(errorOf(rig.node(last).produce(true, "refused")))
                .isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(rig.node(last).values()).containsExactly("a");

        for (int id = 1; id <= 3; id++) {
            rig.disk(id).setUsable(5_000);
        }

        eventually(() -> assertThat(rig.metadata().isr()).containsExactly(1, 2, 3));
        eventually(() ->
                assertThat(errorOf(rig.node(rig.metadata().leader()).produce(true, "b")))
                        .isEqualTo(Errors.NONE));
    }
}
