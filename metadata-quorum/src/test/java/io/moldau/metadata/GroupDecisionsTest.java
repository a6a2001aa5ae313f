package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.error;
import static io.moldau.metadata.Images.fence;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class GroupDecisionsTest {
    private static final GroupImage GROUP =
            new GroupImage("g", 1, "consumer", null, null, 0, List.of());

    private static CommitOffsets commit(int coordinatorEpoch) {
        return new CommitOffsets("g", 0, -1, List.of(), coordinatorEpoch);
    }

    @Test
    void refusesACoordinatorThatHasBeenSucceeded() {
        var image = after(topic("__consumer_offsets", 1, 1, 3), cluster(3));
        int leader = image.partition("__consumer_offsets", 0).leader();
        after(commit(0), image);
        image = after(fence(leader, image), image);

        assertThat(error(commit(0), image)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(error(new SaveGroup(GROUP, 0), image)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(error(new DeleteGroup("g", 0), image)).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(error(new DeleteOffsets("g", List.of(), 0), image))
                .isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(after(new SaveGroup(GROUP, 1), image).group("g")).isEqualTo(GROUP);
    }

    @Test
    void refusesACoordinatorWhereThereIsNoTopicForIt() {
        assertThat(error(commit(0), cluster(1))).isEqualTo(Errors.NOT_COORDINATOR);
        after(commit(MetadataCommand.ANY_COORDINATOR), cluster(1));
    }
}
