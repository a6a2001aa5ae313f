package io.moldau.broker.group;

import static io.moldau.broker.group.GroupCalls.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.metadata.MetadataCommand.FenceNode;
import io.moldau.metadata.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two nodes over the decisions of one quorum: node 1 leads every partition of
/// `__consumer_offsets`, and node 2 when node 1 is gone.
class CoordinatorTakeoverTest {
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
    private final Shards shards = Shards.start(2, "test-takeover", clock);
    private final MemoryGroupStore store = new MemoryGroupStore();
    private final GroupCoordinator first = coordinator(1);
    private final GroupCoordinator second = coordinator(2);
    private Uuid topicId;

    private GroupCoordinator coordinator(int node) {
        var settings = GroupSettings.defaults().withInitialRebalanceDelayMs(0);
        var coordinator = new GroupCoordinator(node, shards, store, settings, clock);
        store.onPublished(coordinator);
        return coordinator;
    }

    @BeforeEach
    void start() {
        store.withNode(2).withOffsetsTopic(1, 2);
        topicId = store.withTopic("t", 3);
        first.start();
        second.start();
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
        shards.close();
    }

    private GroupCalls atFirst() {
        return new GroupCalls(first, clock, topicId);
    }

    private GroupCalls atSecond() {
        return new GroupCalls(second, clock, topicId);
    }

    @Test
    void membersKeepGenerationAndAssignment() {
        // given
        var member = atFirst().settled("orders");

        // when
        store.fence(1);
        var alive = done(atSecond().heartbeat("orders", member));
        var synced = done(atSecond().sync("orders", member));

        // then
        assertThat(alive.error()).isEqualTo(Errors.NONE);
        assertThat(synced.error()).isEqualTo(Errors.NONE);
        assertThat(synced.assignment().toStringUtf8()).isEqualTo("all of it");
        assertThat(done(second.describe("orders")).orElseThrow().state()).isEqualTo("Stable");
    }

    @Test
    void membersThatDoNotFollowExpireAtTheNewCoordinator() {
        // given
        var joined = done(atFirst().join("orders", 6_000));
        done(atFirst().sync("orders", joined));

        // when
        store.fence(1);

        // then
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> store.image().group("orders").members().isEmpty());
    }

    @Test
    void callsThatWaitAreSentAwayAtOnce() {
        // given
        atFirst().settled("orders");
        var waiting = atFirst().join("orders", 10_000);
        await().until(() -> state(first, "orders").equals("PreparingRebalance"));

        // when
        store.fence(1);

        // then
        assertThat(done(waiting).error()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    @Test
    void aDeposedCoordinatorServesNothing() {
        // given
        var member = atFirst().settled("orders");

        // when
        store.fence(1);

        // then
        assertThatThrownBy(() -> done(atFirst().heartbeat("orders", member)))
                .hasCauseInstanceOf(NotCoordinatorException.class);
        assertThat(first.coordinates("orders")).isFalse();
        assertThat(done(first.list())).isEmpty();
        assertThat(done(first.delete("orders"))).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(done(second.list())).extracting(GroupView::groupId).containsExactly("orders");
    }

    /// It was under way when the leader changed: the member commits it again, to the new one.
    @Test
    void aDeposedCoordinatorsCommitIsRefusedThoughItWasAdmitted() {
        // given
        var member = atFirst().settled("orders");
        store.hold();
        var commit = atFirst().commit("orders", 42, -1, member.memberId(), member.generation());
        await().until(() -> store.waiting() == 1);

        // when
        store.apply(new FenceNode(1, store.image().node(1).nodeEpoch()));
        store.release();

        // then
        assertThat(((Outcome.Refused) done(commit)).error()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(store.all("orders")).isEmpty();
    }

    @Test
    void anAssignmentOfADeposedCoordinatorIsNotHandedOut() {
        // given
        var joined = done(atFirst().join("orders", 10_000));
        store.hold();
        var sync = atFirst().sync("orders", joined);
        await().until(() -> store.waiting() == 1);

        // when
        store.apply(new FenceNode(1, store.image().node(1).nodeEpoch()));
        store.release();

        // then
        assertThat(done(sync).error()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(store.image().group("orders")).isNull();
    }

    /// Found by the simulation, seed 6071883: a node that was cut off when another took over did
    /// not know who had joined there, and sent away whoever came back to it.
    @Test
    void aCoordinatorThatHasNotHeardOfItsSuccessorSendsNobodyAway() {
        // given
        var member = atFirst().settled("orders");
        store.hold();
        var alive = atFirst().heartbeat("elsewhere", member);
        var commit = atFirst().commit("orders", 42, -1, member.memberId(), member.generation() + 1);
        await().until(() -> store.waiting() == 2);

        // when
        store.apply(new FenceNode(1, store.image().node(1).nodeEpoch()));
        store.release();

        // then
        assertThatThrownBy(() -> done(alive)).hasCauseInstanceOf(NotCoordinatorException.class);
        assertThat(((Outcome.Refused) done(commit)).error()).isEqualTo(Errors.NOT_COORDINATOR);
    }

    /// Classic bug 14, redpanda#17260: the new coordinator answered without it, and consumers that
    /// should have noticed a truncated log did not.
    @Test
    void committedOffsetsKeepTheirLeaderEpoch() {
        // given
        var member = atFirst().settled("orders");
        done(atFirst().commit("orders", 42, 7, member.memberId(), member.generation()));

        // when
        store.fence(1);

        // then
        assertThat(second.coordinates("orders")).isTrue();
        assertThat(store.get("orders", "t", 0).offset()).isEqualTo(42);
        assertThat(store.get("orders", "t", 0).leaderEpoch()).isEqualTo(7);
    }

    /// Classic bug 15, KAFKA-13636, at a coordinator that knows the group from its last life only.
    @Test
    void offsetsDoNotExpireWhileTheGroupRebalancesElsewhere() {
        // given
        var member = atFirst().settled("orders");
        done(atFirst().commit("orders", 42, -1, member.memberId(), member.generation()));
        store.fence(1);
        var newcomer = atSecond().join("orders", 10_000);
        await().until(() -> state(second, "orders").equals("PreparingRebalance"));

        // when
        wallAheadMs.set(2 * WEEK_MS);
        second.expireOffsets();
        first.expireOffsets();
        awaitTasks();

        // then
        assertThat(newcomer).isNotDone();
        assertThat(store.all("orders")).hasSize(1);
    }

    @Test
    void aReturningCoordinatorRemembersNothingOfItsFormerTime() {
        // given
        var member = atFirst().settled("orders");
        store.fence(1);
        done(atSecond().leave("orders", member.memberId()));
        await().until(() -> store.image().group("orders").members().isEmpty());

        // when
        store.lead(1, 2);

        // then
        assertThat(done(atFirst().heartbeat("orders", member)).error())
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(state(first, "orders")).isEqualTo("Empty");
    }

    @Test
    void nothingIsCoordinatedBeforeTheNodeIsRegisteredAnew() {
        // given
        atFirst().settled("orders");

        // when
        var restarted = coordinator(1);

        // then
        assertThat(restarted.coordinates("orders")).isFalse();
        assertThatThrownBy(() -> done(restarted.describe("orders")))
                .hasCauseInstanceOf(NotCoordinatorException.class);
        restarted.close();
    }

    private static String state(GroupCoordinator groups, String group) {
        return done(groups.describe(group)).map(GroupView::state).orElse("");
    }

    private void awaitTasks() {
        for (int round = 0; round < 3; round++) {
            shards.all().forEach(shard -> done(CompletableFuture.runAsync(() -> {}, shard)));
        }
    }
}
