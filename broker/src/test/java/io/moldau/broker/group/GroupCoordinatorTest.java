package io.moldau.broker.group;

import static io.moldau.broker.group.GroupCalls.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCoordinatorTest {
    private static final long WEEK_MS = TimeUnit.DAYS.toMillis(7);

    private final AtomicLong wallAheadMs = new AtomicLong();
    private final Clock clock =
            new Clock() {
                @Override
                public long wallMs() {
                    return Clock.system().wallMs() + wallAheadMs.get();
                }

                @Override
                public long monotonicNanos() {
                    return Clock.system().monotonicNanos();
                }
            };
    private final Shards shards = Shards.start(2, "test-group", clock);
    private final MemoryGroupStore store = new MemoryGroupStore();
    private GroupCoordinator groups = coordinator();
    private Uuid topicId;

    @BeforeEach
    void createTopics() {
        store.withOffsetsTopic(1);
        groups.start();
        topicId = store.withTopic("t", 3);
    }

    @AfterEach
    void close() {
        groups.close();
        shards.close();
    }

    private GroupCoordinator coordinator() {
        var settings = GroupSettings.defaults().withInitialRebalanceDelayMs(0);
        return new GroupCoordinator(1, shards, store, settings, clock);
    }

    /// The node stops and starts again with what is in the store.
    private void restart() {
        groups.close();
        groups = coordinator();
        groups.start();
    }

    // ---- members ----

    @Test
    void membersHearOfAnAssignmentOnceItIsDurable() {
        // given
        var joined = done(join("orders", 10_000));
        store.hold();

        // when
        var synced = sync("orders", joined);
        await().until(() -> store.waiting() == 1);
        boolean answeredBefore = synced.isDone();
        store.release();

        // then
        assertThat(answeredBefore).isFalse();
        assertThat(done(synced).assignment().toStringUtf8()).isEqualTo("all of it");
        assertThat(store.image().group("orders").members()).hasSize(1);
    }

    @Test
    void membersGoOnAfterARestart() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));

        // when
        restart();

        // then
        assertThat(done(heartbeat("orders", joined)).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void membersThatDoNotComeBackAfterARestartExpire() {
        // given
        var settings = new GroupSettings(1, 10_000, 0, 10, 4_096, WEEK_MS, WEEK_MS);
        groups = new GroupCoordinator(1, shards, store, settings, clock);
        groups.start();
        done(sync("orders", done(join("orders", 300))));
        groups.close();

        // when
        groups = new GroupCoordinator(1, shards, store, settings, clock);
        groups.start();

        // then
        await().atMost(Duration.ofSeconds(10))
                .until(() -> store.image().group("orders").members().isEmpty());
    }

    @Test
    void callsThatWaitAreAnsweredWhenItStops() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        var second = join("orders", 10_000);
        awaitState("orders", "PreparingRebalance");

        // when
        groups.close();

        // then
        assertThat(done(second).error()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThatThrownBy(() -> done(heartbeat("orders", joined)))
                .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
    }

    /// What the store still says of a group is not to be believed while a save is under way.
    @Test
    void aGroupStaysWhatItIsUntilTheStoreKnows() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        store.hold();

        // when
        done(leave("orders", joined.memberId()));
        var described = done(groups.describe("orders")).orElseThrow();
        store.release();

        // then
        assertThat(described.state()).isEqualTo("Empty");
    }

    /// Found by the simulation, seed 3001496: the coordinator began again from what the store had
    /// said before the save that it had given up, and its generation went back.
    @Test
    void aGroupStaysWhatItIsWhenASaveIsGivenUpThatMayStillBeDecided() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        store.hold();
        done(leave("orders", joined.memberId()));

        // when
        store.giveUp();
        shards.all().forEach(shard -> CompletableFuture.runAsync(() -> {}, shard).join());
        var described = done(groups.describe("orders")).orElseThrow();
        store.release();

        // then
        assertThat(described.state()).isEqualTo("Empty");
    }

    /// Found by the simulation, seed 30015231: the coordinator went back to the members that the
    /// store still had, and they committed in a group that was deleted a moment later.
    @Test
    void nobodyIsAMemberOfAGroupWhoseDeletionIsGivenUpAndMayStillBeDecided() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        store.hold();
        done(leave("orders", joined.memberId()));
        var deleted = groups.delete("orders");
        await().until(() -> store.waiting() == 2);

        // when
        store.giveUp();
        done(deleted);
        var alive = done(heartbeat("orders", joined));
        store.release();

        // then
        assertThat(alive.error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> done(groups.describe("orders")).isEmpty());
        assertThat(done(join("orders", 10_000)).generation()).isEqualTo(1);
    }

    @Test
    void aSaveThatIsGivenUpAndNeverDecidedIsMadeUpFor() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        store.hold();
        done(leave("orders", joined.memberId()));
        await().until(() -> store.waiting() == 1);

        // when
        store.lose();
        store.release();

        // then
        await().atMost(Duration.ofSeconds(10))
                .until(() -> store.image().group("orders").members().isEmpty());
        assertThat(store.image().group("orders").generation()).isEqualTo(2);
    }

    @Test
    void groupsDoNotDisturbOneAnother() {
        // given
        var members =
                List.of("a", "b", "c", "d").stream()
                        .map(group -> Map.entry(group, done(join(group, 10_000))))
                        .toList();

        // when
        members.forEach(member -> done(sync(member.getKey(), member.getValue())));

        // then
        assertThat(members)
                .allSatisfy(member ->
                        assertThat(done(heartbeat(member.getKey(), member.getValue())))
                                .isEqualTo(new Alive(Errors.NONE)));
    }

    // ---- commits ----

    @Test
    void aCommitIsAnsweredOnceItIsApplied() {
        // given
        store.hold();

        // when
        var committed = commit("simple", 42, "", -1);
        await().until(() -> store.waiting() == 1);
        boolean answeredBefore = committed.isDone();
        store.release();

        // then
        assertThat(answeredBefore).isFalse();
        assertThat(done(committed)).isInstanceOf(Outcome.Accepted.class);
        assertThat(store.get("simple", "t", 0).offset()).isEqualTo(42);
    }

    @Test
    void aGenerationOfAGroupThatDoesNotExistIsRefused() {
        // when
        var outcome = done(commit("nobody", 42, "member", 3));

        // then
        assertThat(error(outcome)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(store.all("nobody")).isEmpty();
    }

    @Test
    void aStrangerMayNotCommitInAGroupOfOffsetsAlone() {
        // given
        done(commit("simple", 42, "", -1));

        // when
        var outcome = done(commit("simple", 43, "member", 3));

        // then
        assertThat(error(outcome)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void committedOffsetsOutliveMembersAndRestarts() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));
        done(leave("orders", joined.memberId()));

        // when
        restart();

        // then
        assertThat(store.get("orders", "t", 0).offset()).isEqualTo(42);
        assertThat(done(groups.describe("orders")).orElseThrow().state()).isEqualTo("Empty");
    }

    // ---- operators ----

    @Test
    void listsEveryGroupThatHasMembersStateOrOffsets() {
        // given
        done(sync("stable", done(join("stable", 10_000))));
        var gone = done(join("gone", 10_000));
        done(sync("gone", gone));
        done(leave("gone", gone.memberId()));
        await().until(() -> store.image().group("gone").members().isEmpty());
        done(commit("simple", 1, "", -1));

        // when
        var listed = done(groups.list());

        // then
        assertThat(listed)
                .extracting(GroupView::groupId, GroupView::state, GroupView::protocolType)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("stable", "Stable", "consumer"),
                        org.assertj.core.groups.Tuple.tuple("gone", "Empty", "consumer"),
                        org.assertj.core.groups.Tuple.tuple("simple", "Empty", ""));
    }

    @Test
    void doesNotRememberWhoOnlyAsked() {
        // given
        done(heartbeat("nobody", Joined.refused(Errors.NONE, "x")));

        // when
        var described = done(groups.describe("nobody"));

        // then
        assertThat(described).isEmpty();
        assertThat(done(groups.list())).isEmpty();
    }

    @Test
    void deletesAGroupWithItsOffsetsWhenNobodyIsAMember() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));

        // when
        var whileMembers = done(groups.delete("orders"));
        done(leave("orders", joined.memberId()));
        var empty = done(groups.delete("orders"));

        // then
        assertThat(whileMembers).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(empty).isEqualTo(Errors.NONE);
        assertThat(store.image().group("orders")).isNull();
        assertThat(store.all("orders")).isEmpty();
        assertThat(done(groups.delete("orders"))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void aGroupCanBeBornAgainAfterItsDeletion() {
        // given
        done(commit("orders", 42, "", -1));
        done(groups.delete("orders"));

        // when
        var joined = done(join("orders", 10_000));

        // then
        assertThat(joined.error()).isEqualTo(Errors.NONE);
        assertThat(joined.generation()).isEqualTo(1);
    }

    @Test
    void offsetsOfATopicThatIsReadAreNotDeleted() {
        // given
        store.withTopic("u", 1);
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));

        // when
        var errors =
                done(
                        groups.deleteOffsets(
                                "orders",
                                List.of(
                                        new TopicPartitions("t", List.of(0)),
                                        new TopicPartitions("u", List.of(0)))));

        // then
        assertThat(errors)
                .containsEntry("t", Errors.GROUP_SUBSCRIBED_TO_TOPIC)
                .containsEntry("u", Errors.NONE);
        assertThat(store.get("orders", "t", 0).offset()).isEqualTo(42);
    }

    // ---- expiry ----

    @Test
    void offsetsOfAGroupThatIsEmptyForLongExpireWithIt() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));
        done(leave("orders", joined.memberId()));

        // when
        expire(WEEK_MS - 60_000);
        var before = store.all("orders");
        expire(WEEK_MS + 60_000);

        // then
        assertThat(before).hasSize(1);
        assertThat(store.all("orders")).isEmpty();
        assertThat(store.image().group("orders")).isNull();
    }

    @Test
    void offsetsOfAClientWithoutAGroupExpireAWeekAfterTheCommit() {
        // given
        done(commit("simple", 42, "", -1));

        // when
        expire(WEEK_MS + 60_000);

        // then
        assertThat(store.groups()).isEmpty();
    }

    @Test
    void offsetsWithATimeOfTheirOwnExpireThen() {
        // given
        var wish =
                new CommitOffsets("simple", clock.wallMs(), clock.wallMs() + 1_000, topics(42), -1);
        done(groups.commit(wish, "", Optional.empty(), -1, Errors.NONE));

        // when
        expire(2_000);

        // then
        assertThat(store.groups()).isEmpty();
    }

    @Test
    void offsetsOfMembersDoNotExpireHoweverOld() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));

        // when
        expire(2 * WEEK_MS);

        // then
        assertThat(store.all("orders")).hasSize(1);
    }

    @Test
    void offsetsOfATopicThatNoMemberReadsExpire() {
        // given
        var other = store.withTopic("u", 1);
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        var commits =
                List.of(
                        topics(42).getFirst(),
                        new TopicCommits(other, "u", List.of(new PartitionCommit(0, 7, -1, ""))));
        done(
                groups.commit(
                        new CommitOffsets("orders", clock.wallMs(), -1, commits, -1),
                        joined.memberId(),
                        Optional.empty(),
                        joined.generation(),
                        Errors.NONE));

        // when
        expire(WEEK_MS + 60_000);

        // then
        assertThat(store.all("orders")).hasSize(1);
        assertThat(store.get("orders", "t", 0).offset()).isEqualTo(42);
    }

    /// Classic bug 15, KAFKA-13636: a rebalance, during which nobody seems to read anything, took
    /// the offsets.
    @Test
    void offsetsDoNotExpireWhileTheGroupRebalances() {
        // given
        var joined = done(join("orders", 10_000));
        done(sync("orders", joined));
        done(commit("orders", 42, joined.memberId(), joined.generation()));
        var second = join("orders", 10_000);
        awaitState("orders", "PreparingRebalance");

        // when
        expire(2 * WEEK_MS);

        // then
        assertThat(second).isNotDone();
        assertThat(store.all("orders")).hasSize(1);
    }

    @Test
    void offsetsDoNotExpireUnderACommitThatIsUnderWay() {
        // given
        done(commit("simple", 42, "", -1));
        wallAheadMs.set(WEEK_MS + 60_000);
        store.hold();
        var renewed = commit("simple", 43, "", -1);
        await().until(() -> store.waiting() == 1);

        // when
        expire(WEEK_MS + 60_000);
        store.release();

        // then
        assertThat(done(renewed)).isInstanceOf(Outcome.Accepted.class);
        assertThat(store.get("simple", "t", 0).offset()).isEqualTo(43);
    }

    /// Looks for expired offsets as if `aheadMs` had passed, and waits until that is done.
    private void expire(long aheadMs) {
        wallAheadMs.set(aheadMs);
        groups.expireOffsets();
        for (int round = 0; round < 3; round++) {
            shards.all().forEach(shard -> done(CompletableFuture.runAsync(() -> {}, shard)));
        }
    }

    // ---- calls ----

    private void awaitState(String group, String state) {
        await().until(() -> done(groups.describe(group)).orElseThrow().state().equals(state));
    }

    private GroupCalls calls() {
        return new GroupCalls(groups, clock, topicId);
    }

    private CompletableFuture<Joined> join(String group, int sessionMs) {
        return calls().join(group, sessionMs);
    }

    private CompletableFuture<Synced> sync(String group, Joined joined) {
        return calls().sync(group, joined);
    }

    private CompletableFuture<Alive> heartbeat(String group, Joined joined) {
        return calls().heartbeat(group, joined);
    }

    private CompletableFuture<Left> leave(String group, String memberId) {
        return calls().leave(group, memberId);
    }

    private CompletableFuture<Outcome> commit(
            String group, long offset, String memberId, int generation) {
        return calls().commit(group, offset, -1, memberId, generation);
    }

    private List<TopicCommits> topics(long offset) {
        return calls().topics(offset, -1);
    }

    private static Errors error(Outcome outcome) {
        return ((Outcome.Refused) outcome).error();
    }
}
