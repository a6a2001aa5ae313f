package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class GatheredLogTest {
    private static final int LARGE = 300 * 1024;

    private record Appended(ByteString entry, CompletableFuture<Long> end) {
        List<Long> sequences() {
            return Batch.parts(entry).stream().map(Batch.Part::sequence).toList();
        }
    }

    private final List<Appended> log = new ArrayList<>();
    private final List<String> idle = new ArrayList<>();
    private long committed;
    private final GatheredLog gathered =
            new GatheredLog(this::append, () -> committed, () -> idle.add("idle"));

    private CompletableFuture<Long> append(Message entry) {
        var end = new CompletableFuture<Long>();
        log.add(new Appended(entry.getContent(), end));
        return end;
    }

    private CompletableFuture<Long> bring(long sequence, int bytes) {
        var batch = ByteBuffer.allocate(Batch.HEADER_BYTES + bytes).putLong(7).putLong(sequence);
        return gathered.append(Message.valueOf(ByteString.copyFrom(batch.array())));
    }

    @Test
    void whatComesWhileAnEntryIsUnderWayGoesIntoTheNextOneTogether() {
        var first = bring(1, 10);
        var second = bring(2, 10);
        var third = bring(3, 10);
        assertThat(log).hasSize(1);

        log.getFirst().end().complete(20L);

        assertThat(log).hasSize(2);
        assertThat(log.get(1).sequences()).containsExactly(2L, 3L);
        assertThat(first).isCompletedWithValue(20L);
        assertThat(second).isNotDone();
        log.get(1).end().complete(21L);
        assertThat(List.of(second, third)).allMatch(end -> end.join() == 21);
    }

    @Test
    void muchThatWaitsDoesNotWaitForTheEntryBefore() {
        var _ = bring(1, 10);
        var _ = bring(2, LARGE);
        var _ = bring(3, LARGE);
        var _ = bring(4, LARGE);
        var _ = bring(5, LARGE);

        assertThat(log).hasSize(4);
        assertThat(log.get(3).sequences()).containsExactly(4L);
    }

    @Test
    void anEntryThatFailsTellsAllWhoAreInItAndTheNextOneGoes() {
        var _ = bring(1, 10);
        var second = bring(2, 10);
        log.getFirst().end().complete(20L);
        var third = bring(3, 10);

        log.get(1).end().completeExceptionally(new QuorumUnavailableException("gone"));

        assertThat(second).isCompletedExceptionally();
        assertThat(third).isNotDone();
        assertThat(log.get(2).sequences()).containsExactly(3L);
    }

    @Test
    void tellsOfTheCommitOnlyWhenNoEntryFollows() {
        var _ = bring(1, 10);
        var _ = bring(2, 10);

        log.getFirst().end().complete(20L);
        assertThat(idle).isEmpty();
        log.get(1).end().complete(21L);

        assertThat(idle).hasSize(1);
    }

    @Test
    void eachEntrySaysHowFarAllIsCommittedAndTheLastIsFollowedByOneThatDoes() {
        var _ = bring(1, 10);
        committed = 20;

        log.getFirst().end().complete(20L);

        await().atMost(Duration.ofSeconds(20)).until(() -> log.size() == 2);
        assertThat(Batch.committedIn(log.getFirst().entry())).isZero();
        assertThat(Batch.committedIn(log.get(1).entry())).isEqualTo(20);
        assertThat(log.get(1).sequences()).isEmpty();
        log.get(1).end().complete(21L);
        assertThat(log).hasSize(2);
    }
}
