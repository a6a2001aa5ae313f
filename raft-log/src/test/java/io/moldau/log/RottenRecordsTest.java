package io.moldau.log;

import static io.moldau.log.batch.TestBatches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.sim.SimDisk;
import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.TestBatches;
import io.moldau.log.segment.DamagedLogException;
import io.moldau.log.segment.LogDamage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a leader sends when bits of its log have flipped: five batches of three records, none of
/// them durable yet, and a follower who has nothing.
class RottenRecordsTest {
    private static final int BATCH_BYTES = batchOf(3).remaining();
    private static final int RECORDS = 15;

    private final SimDisk disk = new SimDisk(1);
    private LogFixture leader;
    private LogFixture follower;

    @BeforeEach
    void open() {
        leader = on("leader");
        leader.append(5, 3);
        follower = on("follower");
    }

    private LogFixture on(String name) {
        return new LogFixture(Path.of("/sim", name), disk, LogConfig.defaults());
    }

    @AfterEach
    void close() {
        leader.close();
        follower.close();
    }

    private Path segment() {
        return leader.folder().resolve("%020d.log".formatted(0));
    }

    /// All from `offset` on, as long as the leader sends it and the follower takes it.
    private AppendResult copy(long offset, int maxBytes) {
        AppendResult last = null;
        for (long next = offset; next < RECORDS && !(last instanceof AppendResult.Refused); ) {
            var batches = leader.log.readWhole(next, maxBytes);
            var bytes = ByteBuffer.allocate(batches.sizeBytes());
            batches.slice().readFully(bytes);
            batches.slice().release();
            leader.log.checkRead(bytes.flip(), batches, next);
            last = follower.log.append(bytes, AppendMode.REPLICA, LogFixture.EPOCH, 1);
            next = batches.nextOffset();
        }
        return last;
    }

    /// Offsets and epochs are not covered by a batch's checksum: the leader compares them itself.
    @Test
    void aBitThatHasFlippedIsSeenByTheLeaderOrByTheFollower() {
        int seenByLeader = 0;
        for (int bit = 0; bit < 5 * BATCH_BYTES * 8; bit++) {
            disk.flip(segment(), bit / 8, 1 << bit % 8);
            follower.log.truncateFullyAndStartAt(0);
            boolean seen;
            try {
                seen = copy(0, 2 * BATCH_BYTES) instanceof AppendResult.Refused;
            } catch (DamagedLogException byLeader) {
                seenByLeader++;
                seen = true;
            }
            assertThat(seen).as("bit %d of byte %d", bit % 8, bit / 8).isTrue();
            long end = follower.log.logEndOffset();
            assertThat(end)
                    .as("taken, bit %d", bit)
                    .isLessThanOrEqualTo(bit / 8 / BATCH_BYTES * 3L);
            disk.flip(segment(), bit / 8, 1 << bit % 8);
        }
        // Base offset and leader epoch, and some of what says how long a batch is.
        assertThat(seenByLeader).isGreaterThan(5 * 8 * (8 + 4));
    }

    @Test
    void whatWasSentWhileAllIsWellIsNotObjectedTo() {
        assertThat(copy(0, 1)).isInstanceOf(AppendResult.Appended.class);
        assertThat(follower.log.logEndOffset()).isEqualTo(RECORDS);
        assertThat(copy(4, 1 << 20)).isInstanceOf(AppendResult.Refused.class); // Those it has.
    }

    /// Where a follower stopped, the leader looks: it reads a stretch, durable or not.
    @Test
    void aDoubtfulOffsetIsLookedAt() {
        for (int position = 2 * BATCH_BYTES; position < 3 * BATCH_BYTES; position++) {
            disk.flip(segment(), position, 1);

            var damage = leader.log.damageNear(6, 1);

            assertThat(damage).as("byte %d", position).isNotNull();
            assertThat(damage.fromOffset()).as("byte %d", position).isIn(3L, 6L);
            assertThat(leader.log.damageNear(0, 1)).isNull();
            disk.flip(segment(), position, 1);
        }
        for (int offset = 0; offset <= RECORDS; offset++) {
            assertThat(leader.log.damageNear(offset, 1)).as("%d", offset).isNull();
        }
    }

    /// Or a recovery would take the gaps for damage once the topic is not compacted any more.
    @Test
    void whoTookAGapRemembersThatThereAreSome() {
        // given
        var behind = TestBatches.batchOf(3);
        BatchLayout.stamp(behind, behind.position(), 40, LogFixture.EPOCH);
        copy(0, 1 << 20);

        // when
        follower.log.append(behind, AppendMode.REPLICA, LogFixture.EPOCH, 1);
        follower.directory().checkpoint();
        follower.reopenAfterKill();

        // then
        assertThat(follower.log.logEndOffset()).isEqualTo(43);
        assertThat(follower.log.damageAtOpening()).isNull();
    }

    /// No checksum covers it, and nothing before it says what it should be but the file's name
    /// (seed 70028655).
    @Test
    void aFirstOffsetThatHasRottedIsNotTakenForTheEndOfTheLog() {
        // given
        leader.log.flush();
        leader.directory().checkpoint();

        // when
        disk.flip(segment(), 0, 1);
        leader.reopenAfterKill();

        // then
        assertThat(leader.log.logEndOffset()).isZero();
        assertThat(leader.log.damageAtOpening().fromOffset()).isZero();
    }

    /// Once it was let go of, it passed for one that was compacted, of which records may be missing
    /// (seed 70052387).
    @Test
    void aLogThatIsOpenedOnceMoreHasNoGapsForThat() {
        // given
        leader.log.flush();
        leader.directory().abandonLog(leader.log);

        // when
        disk.flip(segment(), 3 * BATCH_BYTES + 6, 1);
        leader.log =
                leader.directory()
                        .openLog(LogFixture.ORDERS, LogFixture.ORDERS_ID, LogConfig.defaults());

        // then
        assertThat(leader.log.logEndOffset()).isEqualTo(9);
        assertThat(leader.log.damageAtOpening().fromOffset()).isEqualTo(9);
    }

    /// It looked like the batch to cut at (seed 70040699).
    @Test
    void aScrubFindsTheGapThatATruncationLeaves() {
        // given
        leader.log.flush();
        disk.flip(segment(), BATCH_BYTES + 6, 1); // Offset 3, which is 259 now.
        leader.log.truncateTo(9);
        leader.append(1, 3);
        leader.log.flush();

        // when
        LogDamage damage;
        try (var ticket = leader.log.beginTailScrub(0)) {
            boolean more = true;
            while (more) {
                more = ticket.read(BATCH_BYTES);
            }
            damage = leader.log.completeScrub(ticket);
        }

        // then
        assertThat(damage).isNotNull();
        assertThat(damage.fromOffset()).isEqualTo(3);
    }
}
