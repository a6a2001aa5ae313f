package io.moldau.broker.api;

import static io.moldau.broker.api.AdminRig.call;
import static io.moldau.broker.api.AdminRig.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.quorum.QuorumStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ClusterHandlersTest {
    private final AdminRig rig = new AdminRig();

    // DescribeCluster

    @Test
    void describesTheClusterAtEveryVersion() {
        var handler = new DescribeClusterHandler(rig.metadata, rig.addresses);
        for (int version = 0; version <= 2; version++) {
            var answer = call(handler, version, new DescribeClusterRequestData());
            assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
            assertThat(answer.controllerId()).isEqualTo(1);
            assertThat(answer.brokers().find(1).host()).isEqualTo("broker");
            assertThat(answer.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        }
    }

    @Test
    void whatAClientMayDoWithTheClusterIsToldIfItAsks() {
        // given
        var handler = new DescribeClusterHandler(rig.metadata, rig.addresses);
        var request = new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true);

        // when
        var answer = call(handler, 2, request);

        // then
        assertThat(answer.clusterAuthorizedOperations()).isEqualTo(0b1_1111_1010_0000);
    }

    @Test
    void nodesThatAreDownAreToldIfAClientAsks() {
        // given
        rig.store.withNode(2).fence(2);
        var handler = new DescribeClusterHandler(rig.metadata, rig.addresses);

        // when
        var live = call(handler, 2, new DescribeClusterRequestData());
        var all = call(handler, 2, new DescribeClusterRequestData().setIncludeFencedBrokers(true));

        // then
        assertThat(live.brokers()).extracting(b -> b.brokerId()).containsExactly(1);
        assertThat(all.brokers().find(2).isFenced()).isTrue();
        assertThat(all.brokers().find(2).host()).isEqualTo("broker2");
        assertThat(all.brokers().find(1).isFenced()).isFalse();
    }

    @Test
    void onlyBrokersAnswerHere() {
        // given
        var handler = new DescribeClusterHandler(rig.metadata, rig.addresses);

        // when
        var controllers =
                call(handler, 1, new DescribeClusterRequestData().setEndpointType((byte) 2));
        var unknown = call(handler, 1, new DescribeClusterRequestData().setEndpointType((byte) 9));

        // then
        assertThat(error(controllers.errorCode())).isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE);
        assertThat(error(unknown.errorCode())).isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE);
        assertThat(List.of(controllers, unknown)).allMatch(a -> !a.errorMessage().isBlank());
    }

    // DescribeQuorum

    @Test
    void theQuorumIsKafkasMetadataPartition() {
        // given
        var directory = Uuid.randomUuid();
        var handler = quorumHandler(new QuorumStatus.Replica(1, directory, 43, 1_000, 2_000));

        // when
        var answer = call(handler, 2, quorumRequest("__cluster_metadata", 0));

        // then
        var partition = answer.topics().getFirst().partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.leaderEpoch()).isEqualTo(3);
        assertThat(partition.highWatermark()).isEqualTo(43);
        var voter = partition.currentVoters().getFirst();
        assertThat(voter.replicaDirectoryId()).isEqualTo(directory);
        assertThat(voter.logEndOffset()).isEqualTo(43);
        assertThat(voter.lastFetchTimestamp()).isEqualTo(1_000);
        assertThat(voter.lastCaughtUpTimestamp()).isEqualTo(2_000);
        var listener = answer.nodes().find(1).listeners().iterator().next();
        assertThat(listener.host() + ":" + listener.port()).isEqualTo("broker:9092");
    }

    @Test
    void describesTheQuorumAtEveryVersion() {
        var handler = quorumHandler(new QuorumStatus.Replica(1, Uuid.randomUuid(), 43, 1, 2));
        for (int version = 0; version <= 2; version++) {
            var answer = call(handler, version, quorumRequest("__cluster_metadata", 0));
            var partition = answer.topics().getFirst().partitions().getFirst();
            assertThat(error(partition.errorCode())).isEqualTo(Errors.NONE);
            assertThat(partition.currentVoters()).hasSize(1);
        }
    }

    @Test
    void noOtherPartitionHasAQuorum() {
        // given
        var handler = quorumHandler(new QuorumStatus.Replica(1, Uuid.randomUuid(), 43, 1, 2));

        // when
        var otherTopic = call(handler, 2, quorumRequest("t", 0));
        var otherPartition = call(handler, 2, quorumRequest("__cluster_metadata", 1));

        // then
        assertThat(List.of(otherTopic, otherPartition))
                .extracting(answer -> answer.topics().getFirst().partitions().getFirst())
                .extracting(partition -> error(partition.errorCode()))
                .containsOnly(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private DescribeQuorumHandler quorumHandler(QuorumStatus.Replica voter) {
        var status = new QuorumStatus(1, 3, 42, List.of(voter), List.of());
        return new DescribeQuorumHandler(
                rig.metadata, () -> CompletableFuture.completedFuture(status), rig.addresses);
    }

    private static DescribeQuorumRequestData quorumRequest(String topic, int partition) {
        return new DescribeQuorumRequestData()
                .setTopics(
                        List.of(
                                new TopicData()
                                        .setTopicName(topic)
                                        .setPartitions(
                                                List.of(
                                                        new PartitionData()
                                                                .setPartitionIndex(partition)))));
    }

    // DescribeLogDirs

    @Test
    void describesDirectoriesAtEveryVersion() {
        for (int version = 1; version <= 5; version++) {
            var answer = call(logDirs(), version, new DescribeLogDirsRequestData().setTopics(null));
            var directory = answer.results().getFirst();
            assertThat(directory.logDir()).isEqualTo("/data");
            assertThat(directory.totalBytes()).isEqualTo(version >= 4 ? 1_000 : -1);
            assertThat(directory.usableBytes()).isEqualTo(version >= 4 ? 600 : -1);
            assertThat(sizes(answer)).containsExactly("a-0=5", "a-1=7", "b-0=9");
        }
    }

    @Test
    void onlyThePartitionsAskedForAreTold() {
        // given
        var topics = new DescribableLogDirTopicCollection();
        topics.add(new DescribableLogDirTopic().setTopic("a").setPartitions(List.of(1, 9)));
        topics.add(new DescribableLogDirTopic().setTopic("gone").setPartitions(List.of(0)));

        // when
        var answer = call(logDirs(), 4, new DescribeLogDirsRequestData().setTopics(topics));

        // then
        assertThat(sizes(answer)).containsExactly("a-1=7");
    }

    private static DescribeLogDirsHandler logDirs() {
        var sizes =
                Map.of(
                        new TopicPartition("a", 0), 5L,
                        new TopicPartition("a", 1), 7L,
                        new TopicPartition("b", 0), 9L);
        return new DescribeLogDirsHandler(wanted ->
                CompletableFuture.completedFuture(
                        List.of(
                                new LogDirs.View(
                                        "/data",
                                        null,
                                        false,
                                        1_000,
                                        600,
                                        sizes.entrySet().stream()
                                                .filter(entry -> wanted.test(entry.getKey()))
                                                .collect(
                                                        Collectors.toMap(
                                                                Map.Entry::getKey,
                                                                Map.Entry::getValue))))));
    }

    private static List<String> sizes(DescribeLogDirsResponseData answer) {
        return answer.results().getFirst().topics().stream()
                .flatMap(topic ->
                        topic.partitions().stream()
                                .map(partition ->
                                        "%s-%d=%d"
                                                .formatted(
                                                        topic.name(),
                                                        partition.partitionIndex(),
                                                        partition.partitionSize())))
                .toList();
    }

    // ElectLeaders

    @Test
    void anElectionIsNotNeededWhereTheLeaderIsThere() {
        rig.store.withTopic("t", 1);
        var handler = new ElectLeadersHandler(rig.metadata);
        for (int version = 0; version <= 2; version++) {
            var answer = call(handler, version, election("t", 0, 5));
            var results = answer.replicaElectionResults().getFirst().partitionResult();
            assertThat(results)
                    .extracting(result -> error(result.errorCode()))
                    .containsExactly(Errors.ELECTION_NOT_NEEDED, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(results).allMatch(result -> !result.errorMessage().isBlank());
        }
    }

    @Test
    void anElectionEverywhereTellsOnlyWhatFailed() {
        // given
        rig.store.withTopic("t", 3);
        var request = new ElectLeadersRequestData().setTopicPartitions(null);

        // when
        ElectLeadersResponseData answer = call(new ElectLeadersHandler(rig.metadata), 2, request);

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.NONE);
        assertThat(answer.replicaElectionResults()).isEmpty();
    }

    @Test
    void thePreferredLeaderIsElectedOnceItIsInSyncAgain() {
        // given
        rig.store.withNode(2).withOffsetsTopic(1, 2);
        rig.store.fence(1);
        rig.store.inSync(1, 2);
        var handler = new ElectLeadersHandler(rig.metadata);

        // when
        var answer = call(handler, 2, election("__consumer_offsets", 0));
        var all = call(handler, 2, new ElectLeadersRequestData().setTopicPartitions(null));

        // then
        assertThat(results(answer)).containsExactly("0 NONE");
        assertThat(rig.image().partition("__consumer_offsets", 0).leader()).isEqualTo(1);
        assertThat(results(all)).containsExactly("1 NONE", "2 NONE", "3 NONE", "4 NONE");
    }

    @Test
    void aLeaderThatIsGoneCannotBeElected() {
        // given
        rig.store.withNode(2).withOffsetsTopic(1, 2);
        rig.store.fence(1);

        // when
        var answer =
                call(new ElectLeadersHandler(rig.metadata), 2, election("__consumer_offsets", 0));

        // then
        assertThat(results(answer)).containsExactly("0 PREFERRED_LEADER_NOT_AVAILABLE");
    }

    private static List<String> results(ElectLeadersResponseData answer) {
        return answer.replicaElectionResults().stream()
                .flatMap(topic -> topic.partitionResult().stream())
                .map(result -> result.partitionId() + " " + error(result.errorCode()))
                .toList();
    }

    @Test
    void thereIsNoThirdTypeOfElection() {
        // given
        var request = election("t", 0).setElectionType((byte) 7);

        // when
        var answer = call(new ElectLeadersHandler(rig.metadata), 2, request);

        // then
        assertThat(error(answer.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static ElectLeadersRequestData election(String topic, Integer... partitions) {
        var topics = new TopicPartitionsCollection();
        topics.add(new TopicPartitions().setTopic(topic).setPartitions(Arrays.asList(partitions)));
        return new ElectLeadersRequestData().setTopicPartitions(topics);
    }

    // Reassignments

    @Test
    void aMoveIsListedUntilItIsCalledOff() {
        // given
        rig.store.withNode(2).withTopic("t", 1);
        int before = rig.image().partition("t", 0).leader();
        int other = 3 - before;

        // when
        var ordered = reassign("t", 0, List.of(other));
        var listed = list(null).topics().getFirst().partitions().getFirst();
        var calledOff = reassign("t", 0, null);

        // then
        assertThat(ordered).isEqualTo(Errors.NONE);
        assertThat(listed.replicas()).containsExactly(other, before);
        assertThat(listed.addingReplicas()).containsExactly(other);
        assertThat(listed.removingReplicas()).containsExactly(before);
        assertThat(calledOff).isEqualTo(Errors.NONE);
        assertThat(list(null).topics()).isEmpty();
    }

    @Test
    void onlyMovesThatAreAskedForAreListed() {
        // given
        rig.store.withNode(2).withTopic("t", 1);
        rig.store.withTopic("u", 1);
        reassign("t", 0, List.of(1, 2));

        // when
        var asked = List.of(topic("t", 0, 7), topic("u", 0), topic("gone", 0));

        // then
        assertThat(list(asked).topics()).extracting(t -> t.name()).containsExactly("t");
    }

    @Test
    void theNumberOfReplicasIsKeptWhereItMustNotChange() {
        // given
        rig.store.withNode(2).withTopic("t", 1);
        var request = reassignment("t", 0, List.of(1, 2)).setAllowReplicationFactorChange(false);

        // when
        var answer = call(new AlterPartitionReassignmentsHandler(rig.metadata), 1, request);

        // then
        assertThat(error(answer.responses().getFirst().partitions().getFirst().errorCode()))
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(list(null).topics()).isEmpty();
    }

    @Test
    void whatCannotBeMovedIsRefused() {
        // given
        rig.store.withTopic("t", 1);

        // then
        assertThat(reassign("t", 0, List.of(1))).isEqualTo(Errors.NONE);
        assertThat(reassign("t", 0, null)).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
        assertThat(reassign("t", 1, List.of(1))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(reassign("gone", 0, List.of(1))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(Set.of(List.of(2), List.<Integer>of(), List.of(1, 1)))
                .allMatch(nodes -> reassign("t", 0, nodes) == Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    private ListPartitionReassignmentsResponseData list(
            List<ListPartitionReassignmentsTopics> topics) {
        return call(
                new ListPartitionReassignmentsHandler(rig.metadata),
                0,
                new ListPartitionReassignmentsRequestData().setTopics(topics));
    }

    private static ListPartitionReassignmentsTopics topic(String name, Integer... partitions) {
        return new ListPartitionReassignmentsTopics()
                .setName(name)
                .setPartitionIndexes(List.of(partitions));
    }

    private Errors reassign(String topic, int partition, List<Integer> replicas) {
        var request = reassignment(topic, partition, replicas);
        var answer = call(new AlterPartitionReassignmentsHandler(rig.metadata), 1, request);
        return error(answer.responses().getFirst().partitions().getFirst().errorCode());
    }

    private static AlterPartitionReassignmentsRequestData reassignment(
            String topic, int partition, List<Integer> replicas) {
        var move = new ReassignablePartition().setPartitionIndex(partition).setReplicas(replicas);
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(
                        List.of(
                                new ReassignableTopic()
                                        .setName(topic)
                                        .setPartitions(List.of(move))));
    }
}
