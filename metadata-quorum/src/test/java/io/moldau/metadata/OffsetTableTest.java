package io.moldau.metadata;

import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetTableTest {
    private final MetadataState state = new MetadataState();

    @BeforeEach
    void oneTopic() {
        state.apply(node(1, 1, null));
        state.apply(topic("t", 1, 10, 1));
    }

    private Outcome commit(String group, long topicId, int partition, long offset) {
        var commits =
                new TopicCommits(
                        id(topicId),
                        "t",
                        List.of(new PartitionCommit(partition, offset, 4, "note")));
        return state.apply(new CommitOffsets(group, 100, -1, List.of(commits), -1));
    }

    @Test
    void keepsTheLastCommit() {
        commit("g", 1, 7, 10);
        commit("g", 1, 7, 20);

        assertThat(state.offsets().get("g", "t", 7))
                .isEqualTo(new OffsetAndMetadata(20, 4, "note", 100, -1, id(1)));
        assertThat(state.offsets().all("g")).containsOnlyKeys(new TopicPartition("t", 7));
        assertThat(state.offsets().groups()).containsExactly("g");
    }

    @Test
    void knowsNothingOfWhatWasNeverCommitted() {
        commit("g", 1, 2, 10);

        assertThat(state.offsets().get("g", "t", 1)).isNull();
        assertThat(state.offsets().get("g", "t", 900)).isNull();
        assertThat(state.offsets().get("g", "t", -1)).isNull();
        assertThat(state.offsets().get("g", "u", 0)).isNull();
        assertThat(state.offsets().get("h", "t", 0)).isNull();
        assertThat(state.offsets().all("h")).isEmpty();
    }

    @Test
    void namesTopicsThatAreGoneAndKeepsNothingForThem() {
        var outcome = commit("g", 5, 0, 10);

        assertThat(outcome).isEqualTo(new Outcome.OffsetsCommitted(List.of(id(5))));
        assertThat(state.offsets().groups()).isEmpty();
    }

    @Test
    void keepsNothingForPartitionsThatDoNotExist() {
        commit("g", 1, 10, 1);

        assertThat(state.offsets().groups()).isEmpty();
    }

    @Test
    void forgetsTheOffsetsOfADeletedTopic() {
        commit("g", 1, 0, 10);
        state.apply(new DeleteTopic(id(1)));
        state.apply(topic("t", 2, 10, 1));

        assertThat(state.offsets().get("g", "t", 0)).isNull();
        assertThat(state.offsets().groups()).isEmpty();
    }

    @Test
    void forgetsSingleOffsetsAndWholeGroups() {
        commit("g", 1, 0, 10);
        commit("g", 1, 1, 11);
        commit("h", 1, 0, 12);

        state.apply(new DeleteOffsets("g", List.of(new TopicPartitions("t", List.of(0, 55))), -1));
        state.apply(new DeleteGroup("h", -1));

        assertThat(state.offsets().all("g")).containsOnlyKeys(new TopicPartition("t", 1));
        assertThat(state.offsets().groups()).containsExactly("g");
    }
}
