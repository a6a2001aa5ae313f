package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.group.GroupCoordinator;
import io.moldau.broker.group.GroupSettings;
import io.moldau.broker.group.MemoryGroupStore;
import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The group APIs as clients of every version see them. Each answer is also written at its version,
/// since a field that a version cannot hold would fail only there.
///
/// Error codes and shapes are those that Apache Kafka 4.3.1 gave to the same requests.
class GroupHandlersTest {
    private final Shards shards = Shards.start(1, "test-group", Clock.system());
    private final MemoryGroupStore store = new MemoryGroupStore();
    private final GroupCoordinator groups =
            new GroupCoordinator(
                    1,
                    shards,
                    store,
                    GroupSettings.defaults().withInitialRebalanceDelayMs(0),
                    Clock.system());
    private Uuid topicId;

    @BeforeEach
    void createTopics() {
        store.withOffsetsTopic(1).onPublished(groups);
        groups.start();
        topicId = store.withTopic("t", 3);
    }

    @AfterEach
    void close() {
        groups.close();
        shards.close();
    }

    // ---- FindCoordinator ----

    @Test
    void thisNodeCoordinatesEveryGroupAtEveryVersion() {
        for (int version = 0; version <= 3; version++) {
            var request = new FindCoordinatorRequestData().setKey("orders");
            var found = call(findCoordinator(), version, request);
            assertThat(found.errorCode()).isZero();
            assertThat(found.nodeId()).isEqualTo(1);
            assertThat(found.host() + ":" + found.port()).isEqualTo("broker:9092");
        }
        for (int version = 4; version <= 6; version++) {
            var request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b"));
            var found = call(findCoordinator(), version, request);
            assertThat(found.coordinators()).extracting(c -> c.key()).containsExactly("a", "b");
            assertThat(found.coordinators()).allMatch(c -> c.nodeId() == 1 && c.port() == 9092);
        }
    }

    /// Trap 6: a replication factor of 3 on one node must not keep groups from starting.
    @Test
    void theOffsetsTopicIsCreatedWithNoMoreReplicasThanThereAreNodes() {
        // given
        var fresh = new MemoryGroupStore();
        var topics = new OffsetsTopic(metadata(fresh), 50, 3, 104_857_600);
        var handler =
                new FindCoordinatorHandler(metadata(fresh), topics, NodeAddresses.advertisedTo(1));

        // when
        call(handler, 3, new FindCoordinatorRequestData().setKey("orders"));

        // then
        var topic = fresh.image().topic("__consumer_offsets");
        assertThat(topic.partitions()).hasSize(50);
        assertThat(topic.partitions().getFirst().replicas()).containsExactly(1);
    }

    @Test
    void everyGroupIsFoundAtTheLeaderOfItsPartition() {
        // given
        var two = new MemoryGroupStore().withNode(2);
        var topics = new OffsetsTopic(metadata(two), 50, 1, 104_857_600);
        var handler =
                new FindCoordinatorHandler(metadata(two), topics, NodeAddresses.advertisedTo(1));
        var request = new FindCoordinatorRequestData();
        IntStream.range(0, 50).forEach(i -> request.coordinatorKeys().add("group-" + i));

        // when
        var found = call(handler, 6, request);

        // then
        var partitions = two.image().topic("__consumer_offsets").partitions();
        assertThat(found.coordinators())
                .allSatisfy(coordinator -> {
                    int partition = Utils.abs(coordinator.key().hashCode()) % 50;
                    int leader = partitions.get(partition).leader();
                    assertThat(coordinator.nodeId()).isEqualTo(leader);
                    assertThat(coordinator.host()).isEqualTo(leader == 1 ? "broker" : "broker2");
                });
        assertThat(found.coordinators()).extracting(Coordinator::nodeId).contains(1, 2);
    }

    @Test
    void aGroupWhoseLeaderIsGoneHasNoCoordinator() {
        // given
        store.withNode(2).fence(1);

        // when
        var found = call(findCoordinator(), 3, new FindCoordinatorRequestData().setKey("orders"));

        // then
        assertThat(found.errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
    }

    @Test
    void offsetFetchIsRefusedElsewhereAtEveryVersion() {
        // given
        store.withNode(2).fence(1);

        for (int version = 1; version <= 10; version++) {
            // when
            var request = new OffsetFetchRequestData();
            if (version < 8) {
                request.setGroupId("orders")
                        .setTopics(
                                List.of(
                                        new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                                .setName("t")
                                                .setPartitionIndexes(List.of(0))));
            } else {
                request.setGroups(
                        List.of(
                                new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                        .setGroupId("orders")
                                        .setTopics(null)));
            }
            var answer = call(fetch(), version, request);

            // then
            short error =
                    version >= 8
                            ? answer.groups().getFirst().errorCode()
                            : version >= 2
                                    ? answer.errorCode()
                                    : answer.topics()
                                            .getFirst()
                                            .partitions()
                                            .getFirst()
                                            .errorCode();
            assertThat(error).as("v%d", version).isEqualTo(Errors.NOT_COORDINATOR.code());
        }
    }

    /// It was paused, and what came meanwhile is still to be applied.
    @Test
    void offsetFetchWaitsForTheNewestBeforeItTellsAnOffset() {
        // given
        store.withNode(2).hold();
        var request =
                new OffsetFetchRequestData()
                        .setGroups(
                                List.of(
                                        new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                                .setGroupId("orders")
                                                .setTopics(null)));

        // when
        var answer = AdminRig.start(fetch(), 10, request);
        boolean answeredBefore = answer.isDone();
        store.fence(1);
        store.release();

        // then
        assertThat(answeredBefore).isFalse();
        assertThat(answer.orTimeout(10, TimeUnit.SECONDS).join().groups().getFirst().errorCode())
                .isEqualTo(Errors.NOT_COORDINATOR.code());
    }

    @Test
    void describingDeletingAndListingGroupsOfOthersTellsSo() {
        // given
        store.withNode(2).fence(1);

        // when
        var described =
                call(
                        new DescribeGroupsHandler(groups),
                        6,
                        new DescribeGroupsRequestData().setGroups(List.of("orders")));
        var deleted =
                call(
                        new DeleteGroupsHandler(groups),
                        2,
                        new DeleteGroupsRequestData().setGroupsNames(List.of("orders")));

        // then
        assertThat(described.groups().getFirst().errorCode())
                .isEqualTo(Errors.NOT_COORDINATOR.code());
        assertThat(deleted.results().iterator().next().errorCode())
                .isEqualTo(Errors.NOT_COORDINATOR.code());
    }

    @Test
    void transactionsAndShareGroupsAreRefusedInASentence() {
        // when
        var transaction =
                call(
                        findCoordinator(),
                        3,
                        new FindCoordinatorRequestData().setKey("tx").setKeyType((byte) 1));
        var share =
                call(
                        findCoordinator(),
                        6,
                        new FindCoordinatorRequestData()
                                .setCoordinatorKeys(List.of("g:t:0"))
                                .setKeyType((byte) 2));

        // then
        assertThat(transaction.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(transaction.errorMessage()).startsWith("Transactions are not served");
        assertThat(share.coordinators().getFirst().errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    private FindCoordinatorHandler findCoordinator() {
        var topic = new OffsetsTopic(metadata(store), 50, 3, 104_857_600);
        return new FindCoordinatorHandler(metadata(store), topic, NodeAddresses.advertisedTo(1));
    }

    // ---- JoinGroup to LeaveGroup ----

    @Test
    void joinGroupGivesAnIdFirstFromVersionFourOn() {
        for (int version = 0; version <= 9; version++) {
            var joined = call(join(), version, joinRequest("g" + version, "", 10_000));
            var expected = version < 4 ? Errors.NONE : Errors.MEMBER_ID_REQUIRED;
            assertThat(joined.errorCode()).as("v%d", version).isEqualTo(expected.code());
            assertThat(joined.memberId()).startsWith("client-");
        }
    }

    @Test
    void joinGroupRefusesAnEmptyGroupIdAtEveryVersion() {
        for (int version = 0; version <= 9; version++) {
            var joined = call(join(), version, joinRequest("", "", 10_000));
            assertThat(joined.errorCode()).isEqualTo(Errors.INVALID_GROUP_ID.code());
            assertThat(joined.memberId()).isEmpty();
            assertThat(joined.generationId()).isEqualTo(-1);
        }
    }

    @Test
    void joinGroupRefusalsCanBeWrittenAtEveryVersion() {
        for (int version = 0; version <= 9; version++) {
            var joined = call(join(), version, joinRequest("g", "nobody", 10_000));
            assertThat(joined.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
            assertThat(joined.memberId()).isEqualTo("nobody");
        }
    }

    @Test
    void theFirstVersionsSessionTimeoutIsTheRebalanceTimeoutToo() {
        // when
        call(join(), 0, joinRequest("orders", "", 10_000));

        // then
        assertThat(groups.describe("orders").join().orElseThrow().members().getFirst())
                .extracting(member -> member.rebalanceTimeoutMs())
                .isEqualTo(10_000);
    }

    @Test
    void syncGroupGivesTheAssignmentAtEveryVersion() {
        for (int version = 0; version <= 5; version++) {
            var joined = call(join(), 3, joinRequest("g" + version, "", 10_000));
            var synced = sync("g" + version, joined, version);
            assertThat(synced.errorCode()).as("v%d", version).isZero();
            assertThat(synced.assignment()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void syncGroupWithoutItsProtocolIsInconsistentFromVersionFiveOn() {
        // given
        var request = new SyncGroupRequestData().setGroupId("nobody").setMemberId("m");

        // when
        var older = call(new SyncGroupHandler(groups), 4, request);
        var newer = call(new SyncGroupHandler(groups), 5, request);

        // then
        assertThat(older.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(newer.errorCode()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void heartbeatsOfStrangersAreUnknownAtEveryVersion() {
        for (int version = 0; version <= 4; version++) {
            var request = new HeartbeatRequestData().setGroupId("nobody").setMemberId("m");
            var alive = call(new HeartbeatHandler(groups), version, request);
            assertThat(alive.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }
    }

    @Test
    void leaveGroupTellsASingleErrorBeforeVersionThreeAndOnePerMemberAfter() {
        for (int version = 0; version <= 2; version++) {
            var request = new LeaveGroupRequestData().setGroupId("nobody").setMemberId("m");
            var left = call(new LeaveGroupHandler(groups), version, request);
            assertThat(left.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }
        for (int version = 3; version <= 5; version++) {
            var request =
                    new LeaveGroupRequestData()
                            .setGroupId("nobody")
                            .setMembers(List.of(new MemberIdentity().setMemberId("m")));
            var left = call(new LeaveGroupHandler(groups), version, request);
            assertThat(left.errorCode()).isZero();
            assertThat(left.members().getFirst().errorCode())
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        }
    }

    // ---- offsets ----

    @Test
    void offsetsAreCommittedAndFetchedAtEveryVersion() {
        for (int version = 2; version <= 10; version++) {
            var committed = call(commit(), version, commitRequest("g" + version, 40 + version, ""));
            assertThat(committed.topics().getFirst().partitions().getFirst().errorCode())
                    .as("v%d", version)
                    .isZero();
            assertThat(store.get("g" + version, "t", 0).offset()).isEqualTo(40 + version);
        }
        for (int version = 1; version <= 7; version++) {
            var fetched = call(fetch(), version, oldFetch("g10", 0, 1));
            assertThat(fetched.topics().getFirst().partitions())
                    .as("v%d", version)
                    .extracting(p -> p.committedOffset())
                    .containsExactly(50L, -1L);
        }
        for (int version = 8; version <= 10; version++) {
            var fetched = call(fetch(), version, newFetch("g10", 0, 1));
            assertThat(fetched.groups().getFirst().topics().getFirst().partitions())
                    .as("v%d", version)
                    .extracting(p -> p.committedOffset())
                    .containsExactly(50L, -1L);
        }
    }

    @Test
    void noTopicsMeansAllOfThem() {
        // given
        call(commit(), 9, commitRequest("simple", 7, "note"));

        // then
        for (int version = 2; version <= 7; version++) {
            var request = new OffsetFetchRequestData().setGroupId("simple").setTopics(null);
            var fetched = call(fetch(), version, request);
            assertThat(fetched.topics().getFirst().partitions().getFirst().metadata())
                    .isEqualTo("note");
        }
        for (int version = 8; version <= 10; version++) {
            var group = new OffsetFetchRequestGroup().setGroupId("simple").setTopics(null);
            var request = new OffsetFetchRequestData().setGroups(List.of(group));
            var topic = call(fetch(), version, request).groups().getFirst().topics().getFirst();
            assertThat(topic.topicId()).isEqualTo(topicId);
            assertThat(topic.partitions().getFirst().committedOffset()).isEqualTo(7);
        }
    }

    @Test
    void aTopicOrPartitionThatIsNotThereCannotBeCommitted() {
        // given
        var request = new OffsetCommitRequestData().setGroupId("simple");
        request.setTopics(
                List.of(
                        commitTopic("t", Map.of(0, 1L, 3, 1L, -1, 1L)),
                        commitTopic("nowhere", Map.of(0, 1L))));

        // when
        var committed = call(commit(), 9, request);

        // then
        var errors =
                committed.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .filter(p -> p.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(errors).hasSize(3);
        assertThat(store.get("simple", "t", 0).offset()).isEqualTo(1);
    }

    @Test
    void anUnknownTopicIdIsCalledThat() {
        // given
        var request = new OffsetCommitRequestData().setGroupId("simple");
        request.setTopics(List.of(commitTopic("", Map.of(0, 1L)).setTopicId(Uuid.randomUuid())));

        // when
        var committed = call(commit(), 10, request);
        var fetched =
                call(
                        fetch(),
                        10,
                        new OffsetFetchRequestData()
                                .setGroups(
                                        List.of(
                                                new OffsetFetchRequestGroup()
                                                        .setGroupId("simple")
                                                        .setTopics(List.of(unknownTopic())))));

        // then
        assertThat(committed.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(
                        fetched.groups()
                                .getFirst()
                                .topics()
                                .getFirst()
                                .partitions()
                                .getFirst()
                                .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    private static OffsetFetchRequestTopics unknownTopic() {
        return new OffsetFetchRequestTopics()
                .setTopicId(Uuid.randomUuid())
                .setPartitionIndexes(List.of(0));
    }

    @Test
    void metadataThatIsTooLongIsRefusedForItsPartitionAlone() {
        // given
        var request = commitRequest("simple", 7, "m".repeat(4_097));
        request.topics().getFirst().partitions().add(partition(1, 8).setCommittedMetadata(null));

        // when
        var committed = call(commit(), 9, request).topics().getFirst().partitions();

        // then
        assertThat(committed.get(0).errorCode()).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE.code());
        assertThat(committed.get(1).errorCode()).isZero();
        assertThat(store.get("simple", "t", 1).metadata()).isEmpty();
    }

    @Test
    void aRefusedCommitIsToldForEveryPartition() {
        // given
        var request = commitRequest("nobody", 7, "").setGenerationIdOrMemberEpoch(3);

        // when
        var older = call(commit(), 8, request);
        var newer = call(commit(), 9, request);

        // then
        assertThat(older.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.ILLEGAL_GENERATION.code());
        assertThat(newer.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void offsetsAreDeletedUnlessTheTopicIsUnknown() {
        // given
        call(commit(), 9, commitRequest("simple", 7, ""));
        var handler = new OffsetDeleteHandler(groups, store);

        // when
        var deleted = call(handler, 0, deleteRequest("simple", 0, 77));
        var missing = call(handler, 0, deleteRequest("nobody", 0));

        // then
        assertThat(deleted.topics().find("t").partitions().find(0).errorCode()).isZero();
        assertThat(deleted.topics().find("t").partitions().find(77).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(missing.errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        assertThat(store.all("simple")).isEmpty();
        assertThat(call(handler, 0, deleteRequest("nobody", 77)).errorCode()).isZero();
    }

    // ---- operators ----

    @Test
    void groupsAreListedByStateAndType() {
        // given
        sync("live", call(join(), 3, joinRequest("live", "", 10_000)), 3);
        call(commit(), 9, commitRequest("simple", 7, ""));

        // then
        assertThat(listed(List.of(), List.of())).containsExactly("live", "simple");
        assertThat(listed(List.of("sTable"), List.of())).containsExactly("live");
        assertThat(listed(List.of("Empty"), List.of("Classic"))).containsExactly("simple");
        assertThat(listed(List.of("bogus"), List.of())).isEmpty();
        assertThat(listed(List.of(), List.of("bogus"))).isEmpty();
        for (int version = 0; version <= 3; version++) {
            var all = call(new ListGroupsHandler(groups), version, new ListGroupsRequestData());
            assertThat(all.groups()).hasSize(2);
        }
    }

    private List<String> listed(List<String> states, List<String> types) {
        var request = new ListGroupsRequestData().setStatesFilter(states).setTypesFilter(types);
        return call(new ListGroupsHandler(groups), 5, request).groups().stream()
                .map(ListedGroup::groupId)
                .toList();
    }

    @Test
    void aStableGroupIsDescribedWithItsAssignments() {
        // given
        sync("live", call(join(), 3, joinRequest("live", "", 10_000)), 3);

        for (int version = 0; version <= 6; version++) {
            // when
            var request =
                    new DescribeGroupsRequestData()
                            .setGroups(List.of("live"))
                            .setIncludeAuthorizedOperations(version >= 3);
            var group =
                    call(new DescribeGroupsHandler(groups), version, request).groups().getFirst();

            // then
            assertThat(group.groupState()).isEqualTo("Stable");
            assertThat(group.protocolData()).isEqualTo("range");
            assertThat(group.members().getFirst().memberAssignment()).containsExactly(1, 2, 3);
            assertThat(group.members().getFirst().clientHost()).isEqualTo("/127.0.0.1");
            assertThat(group.authorizedOperations())
                    .isEqualTo(version >= 3 ? 3400 : Integer.MIN_VALUE);
        }
    }

    @Test
    void anUnknownGroupIsDeadAndFromVersionSixOnNotFound() {
        // given
        var request = new DescribeGroupsRequestData().setGroups(List.of("nobody"));

        // when
        var older = call(new DescribeGroupsHandler(groups), 5, request).groups().getFirst();
        var newer = call(new DescribeGroupsHandler(groups), 6, request).groups().getFirst();

        // then
        assertThat(older.errorCode()).isZero();
        assertThat(older.groupState()).isEqualTo("Dead");
        assertThat(newer.errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        assertThat(newer.errorMessage()).isEqualTo("Group nobody not found.");
    }

    @Test
    void groupsAreDeletedAtEveryVersion() {
        for (int version = 0; version <= 3; version++) {
            // given
            call(commit(), 9, commitRequest("simple", 7, ""));
            var request = new DeleteGroupsRequestData();
            request.setGroupsNames(List.of("simple", "simple", "nobody"));

            // when
            var results = call(new DeleteGroupsHandler(groups), version, request).results();

            // then
            assertThat(results).hasSize(2);
            assertThat(results.find("simple").errorCode()).isZero();
            assertThat(results.find("nobody").errorCode())
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        }
    }

    // ---- requests ----

    private JoinGroupHandler join() {
        return new JoinGroupHandler(groups);
    }

    private OffsetCommitHandler commit() {
        return new OffsetCommitHandler(groups, store, 4_096, Clock.system());
    }

    private OffsetFetchHandler fetch() {
        return new OffsetFetchHandler(groups, store);
    }

    private static JoinGroupRequestData joinRequest(String group, String member, int sessionMs) {
        var protocol = new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[2]);
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(protocol);
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setProtocolType("consumer")
                .setProtocols(protocols)
                .setSessionTimeoutMs(sessionMs)
                .setRebalanceTimeoutMs(60_000);
    }

    private SyncGroupResponseData sync(String group, JoinGroupResponseData joined, int version) {
        var assignment =
                new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {1, 2, 3});
        return call(
                new SyncGroupHandler(groups),
                version,
                new SyncGroupRequestData()
                        .setGroupId(group)
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generationId())
                        .setProtocolType("consumer")
                        .setProtocolName("range")
                        .setAssignments(List.of(assignment)));
    }

    private OffsetCommitRequestData commitRequest(String group, long offset, String metadata) {
        var topic = commitTopic("t", Map.of(0, offset)).setTopicId(topicId);
        topic.partitions().getFirst().setCommittedMetadata(metadata);
        return new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(topic));
    }

    private static OffsetCommitRequestTopic commitTopic(String name, Map<Integer, Long> offsets) {
        var topic = new OffsetCommitRequestTopic().setName(name);
        offsets.forEach(
                (partition, offset) -> topic.partitions().add(partition(partition, offset)));
        return topic;
    }

    private static OffsetCommitRequestPartition partition(int index, long offset) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(index)
                .setCommittedOffset(offset)
                .setCommittedMetadata("");
    }

    private static OffsetFetchRequestData oldFetch(String group, Integer... partitions) {
        var topic = new OffsetFetchRequestTopic().setName("t");
        topic.setPartitionIndexes(List.of(partitions));
        return new OffsetFetchRequestData().setGroupId(group).setTopics(List.of(topic));
    }

    private OffsetFetchRequestData newFetch(String group, Integer... partitions) {
        var topic = new OffsetFetchRequestTopics().setName("t").setTopicId(topicId);
        topic.setPartitionIndexes(List.of(partitions));
        var asked = new OffsetFetchRequestGroup().setGroupId(group).setTopics(List.of(topic));
        return new OffsetFetchRequestData().setGroups(List.of(asked));
    }

    private static OffsetDeleteRequestData deleteRequest(String group, int... partitions) {
        var topic = new OffsetDeleteRequestTopic().setName("t");
        for (int partition : partitions) {
            topic.partitions().add(new OffsetDeleteRequestPartition().setPartitionIndex(partition));
        }
        var topics = new OffsetDeleteRequestTopicCollection();
        topics.add(topic);
        return new OffsetDeleteRequestData().setGroupId(group).setTopics(topics);
    }

    /// Calls a handler at a version, and writes the answer as the wire of that version would.
    private static <Q extends ApiMessage, S extends ApiMessage> S call(
            RequestHandler<Q, S> handler, int version, Q request) {
        assertThat(version).isBetween((int) handler.minVersion(), (int) handler.maxVersion());
        ApiKeys key = handler.key();
        var response =
                handler.handle(FakeConnection.context(key, version), request)
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
        write(response, version);
        write(handler.errorResponse(request, Errors.UNKNOWN_SERVER_ERROR, "broken"), version);
        return response;
    }

    private static void write(ApiMessage response, int version) {
        var cache = new ObjectSerializationCache();
        var bytes = ByteBuffer.allocate(response.size(cache, (short) version));
        response.write(new ByteBufferAccessor(bytes), cache, (short) version);
        assertThat(bytes.hasRemaining()).isFalse();
    }
}
