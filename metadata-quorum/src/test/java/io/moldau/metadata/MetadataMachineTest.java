package io.moldau.metadata;

import static io.moldau.metadata.Images.after;
import static io.moldau.metadata.Images.cluster;
import static io.moldau.metadata.Images.error;
import static io.moldau.metadata.Images.id;
import static io.moldau.metadata.Images.node;
import static io.moldau.metadata.Images.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.MetadataCommand.AllocateProducerIds;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.ConfigOp;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.NameCluster;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.Outcome.NodeRegistered;
import io.moldau.metadata.Outcome.ProducerIdsAllocated;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class MetadataMachineTest {
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");
    private static final ConfigResource DEFAULT_BROKER =
            new ConfigResource(ConfigResource.Type.BROKER, "");

    private static GroupImage group(String id) {
        return new GroupImage(id, 3, "consumer", "range", "m-1", 17, List.of());
    }

    private static AlterConfigs alter(ConfigResource resource, ConfigChange... changes) {
        return new AlterConfigs(resource, List.of(changes), false);
    }

    @Test
    void givesAClusterItsNameOnce() {
        var image = after(new NameCluster("abc"), ClusterImage.empty());

        assertThat(image.clusterId()).isEqualTo("abc");
        assertThat(after(new NameCluster("abc"), image)).isSameAs(image);
        assertThat(error(new NameCluster("xyz"), image)).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(error(new NameCluster(""), image)).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void registersANodeUnderANewEpoch() {
        var first = MetadataMachine.decide(node(1, 10, "r1"), ClusterImage.empty());
        var second = MetadataMachine.decide(node(1, 11, "r1"), first.image());

        assertThat(first.outcome()).isEqualTo(new NodeRegistered(1));
        assertThat(second.outcome()).isEqualTo(new NodeRegistered(2));
        assertThat(second.image().node(1).incarnation()).isEqualTo(id(11));
        assertThat(second.image().node(1).endpoint("PLAINTEXT").port()).isEqualTo(9093);
        assertThat(second.image().node(1).endpoint("SSL")).isNull();
    }

    @Test
    void answersARegistrationThatIsSentTwiceAlike() {
        var first = MetadataMachine.decide(node(1, 10, null), ClusterImage.empty());
        var again = MetadataMachine.decide(node(1, 10, null), first.image());

        assertThat(again.image()).isSameAs(first.image());
        assertThat(again.outcome()).isEqualTo(first.outcome());
    }

    @Test
    void raisesTheLeaderEpochOfWhatARestartedNodeKeepsAlone() {
        var image = after(topic("alone", 1, 2, 1), cluster(1));

        image = after(node(1, 77, null), image);

        assertThat(image.partition("alone", 0).leaderEpoch()).isEqualTo(1);
        assertThat(image.partition("alone", 1).leaderEpoch()).isEqualTo(1);
        assertThat(image.topic(id(1))).isSameAs(image.topic("alone"));
        assertThat(image.partition("alone", 0).leader()).isEqualTo(1);
    }

    @Test
    void refusesANodeThatIsTooOldOrHasNoId() {
        var old = new RegisterNode(1, id(1), id(1), List.of(), null, null, 0, -1, true);
        var negative = RegisterNode.lone(-1, id(1), id(1), List.of(), null, -1);

        assertThat(error(old, ClusterImage.empty())).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(error(negative, ClusterImage.empty())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void neverGivesAProducerIdTwice() {
        var image = cluster(1);
        var first = MetadataMachine.decide(new AllocateProducerIds(1, 1), image);
        var second = MetadataMachine.decide(new AllocateProducerIds(1, 1), first.image());

        assertThat(first.outcome()).isEqualTo(new ProducerIdsAllocated(0, 1000));
        assertThat(second.outcome()).isEqualTo(new ProducerIdsAllocated(1000, 1000));
    }

    @Test
    void givesProducerIdsOnlyToTheNodeAsItRegisteredLast() {
        assertThat(error(new AllocateProducerIds(2, 1), cluster(1)))
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(error(new AllocateProducerIds(1, 9), cluster(1)))
                .isEqualTo(Errors.STALE_BROKER_EPOCH);
    }

    @Test
    void setsAndDeletesOverrides() {
        var image = after(topic("t", 1, 1, 1), cluster(1));

        image = after(alter(TOPIC, ConfigChange.set("a", "1"), ConfigChange.set("b", "2")), image);
        image = after(alter(TOPIC, ConfigChange.delete("a")), image);

        assertThat(image.configs(TOPIC)).containsExactly(Map.entry("b", "2"));
        assertThat(image.configResources()).containsExactly(TOPIC);
        image = after(alter(TOPIC, ConfigChange.delete("b")), image);
        assertThat(image.configResources()).isEmpty();
    }

    @Test
    void replacesAllOverridesWhenAskedTo() {
        var image = after(alter(DEFAULT_BROKER, ConfigChange.set("a", "1")), cluster(1));

        var replace = new AlterConfigs(DEFAULT_BROKER, List.of(ConfigChange.set("b", "2")), true);

        assertThat(after(replace, image).configs(DEFAULT_BROKER))
                .containsExactly(Map.entry("b", "2"));
    }

    @Test
    void appendsToAListAndSubtractsFromIt() {
        var image = after(topic("t", 1, 1, 1), cluster(1));
        var append = new ConfigChange("cleanup.policy", ConfigOp.APPEND, "compact", "delete");
        var subtract = new ConfigChange("cleanup.policy", ConfigOp.SUBTRACT, "delete", "delete");

        image = after(alter(TOPIC, append, append), image);
        assertThat(image.configs(TOPIC)).containsEntry("cleanup.policy", "delete,compact");

        image = after(alter(TOPIC, subtract), image);
        assertThat(image.configs(TOPIC)).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void refusesConfigurationOfWhatDoesNotExist() {
        var image = cluster(1);
        var set = ConfigChange.set("a", "1");

        assertThat(error(alter(TOPIC, set), image)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(error(alter(new ConfigResource(ConfigResource.Type.BROKER, "7"), set), image))
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(
                        error(
                                alter(
                                        new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1"),
                                        set),
                                image))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(
                        error(
                                alter(
                                        DEFAULT_BROKER,
                                        new ConfigChange("a", ConfigOp.SET, null, null)),
                                image))
                .isEqualTo(Errors.INVALID_CONFIG);
    }

    @Test
    void takesConfigurationOfNodesGroupsAndClientMetrics() {
        var image = cluster(1);

        for (var type :
                List.of(
                        ConfigResource.Type.BROKER,
                        ConfigResource.Type.GROUP,
                        ConfigResource.Type.CLIENT_METRICS)) {
            var resource = new ConfigResource(type, "1");
            image = after(alter(resource, ConfigChange.set("a", "1")), image);
            assertThat(image.configs(resource)).containsEntry("a", "1");
        }
    }

    @Test
    void keepsAGroupUntilItIsDeleted() {
        var image = after(new SaveGroup(group("g"), -1), cluster(1));

        assertThat(image.group("g")).isEqualTo(group("g"));
        assertThat(image.groupIds()).containsExactly("g");
        assertThat(after(new DeleteGroup("g", -1), image).groupIds()).isEmpty();
        assertThat(error(new SaveGroup(group(""), -1), image)).isEqualTo(Errors.INVALID_GROUP_ID);
    }

    @Test
    void sharesWhatACommandDoesNotTouch() {
        var image = after(topic("a", 1, 100, 1), cluster(1));

        var later = after(topic("b", 2, 1, 1), image);

        assertThat(later.topic("a")).isSameAs(image.topic("a"));
        assertThat(later.differsFrom(image)).isTrue();
        assertThat(image.at(5).differsFrom(image)).isFalse();
        assertThat(image.topic("b")).isNull();
    }
}
