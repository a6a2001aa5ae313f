package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.DeleteTopic;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigServiceTest {
    private static final Uuid TOPIC_ID = Uuid.randomUuid();

    private final ConfigService service =
            new ConfigService(
                    BrokerConfig.load(
                            Sources.of(Map.of("node.id", "1", "log.retention.ms", "5000"))));
    private final List<String> told = new ArrayList<>();
    private ClusterImage image = ClusterImage.empty();

    @BeforeEach
    void begin() {
        apply(RegisterNode.lone(1, Uuid.randomUuid(), Uuid.randomUuid(), List.of(), null, -1));
        apply(RegisterNode.lone(2, Uuid.randomUuid(), Uuid.randomUuid(), List.of(), null, -1));
        apply(new CreateTopic("t", TOPIC_ID, 0, (short) 0, List.of(List.of(1)), Map.of(), 1));
        service.onTopicConfigChanged(told::add);
        service.onBrokerConfigChanged(config -> told.add("broker"));
    }

    @Test
    void aTopicFollowsTheBrokerUntilItHasAValueOfItsOwn() {
        // when
        var before = service.logConfig("t").retentionMs();
        set(ConfigResource.Type.BROKER, "", "log.retention.ms", "6000");
        var byCluster = service.logConfig("t").retentionMs();
        set(ConfigResource.Type.BROKER, "1", "log.retention.ms", "7000");
        var byNode = service.logConfig("t").retentionMs();
        set(ConfigResource.Type.TOPIC, "t", "retention.ms", "8000");
        var byTopic = service.logConfig("t").retentionMs();

        // then
        assertThat(List.of(before, byCluster, byNode, byTopic))
                .containsExactly(5000L, 6000L, 7000L, 8000L);
        assertThat(told).containsExactly("broker", "broker", "t");
    }

    @Test
    void takingAChangeBackBringsBackWhatWasThereBefore() {
        // given
        set(ConfigResource.Type.TOPIC, "t", "retention.ms", "8000");
        set(ConfigResource.Type.BROKER, "1", "log.retention.ms", "7000");

        // when
        delete(ConfigResource.Type.TOPIC, "t", "retention.ms");
        delete(ConfigResource.Type.BROKER, "1", "log.retention.ms");

        // then
        assertThat(service.logConfig("t").retentionMs()).isEqualTo(5000);
        assertThat(told).containsExactly("t", "broker", "t", "broker");
    }

    @Test
    void whatChangesForAnotherNodeIsNoChangeHere() {
        // when
        set(ConfigResource.Type.BROKER, "2", "log.retention.ms", "7000");

        // then
        assertThat(told).isEmpty();
        assertThat(service.current().getLong("log.retention.ms")).isEqualTo(5000);
    }

    @Test
    void aDeletedTopicLeavesNothingBehind() {
        // given
        set(ConfigResource.Type.TOPIC, "t", "retention.ms", "8000");

        // when
        apply(new DeleteTopic(TOPIC_ID));

        // then
        assertThat(service.overridesOf("t")).isEmpty();
        assertThat(service.logConfig("t").retentionMs()).isEqualTo(5000);
    }

    @Test
    void aNodeStartsWithWhatTheClusterChangedBefore() {
        // given
        set(ConfigResource.Type.BROKER, "", "log.retention.ms", "6000");
        set(ConfigResource.Type.TOPIC, "t", "flush.ms", "3");
        var restarted = new ConfigService(BrokerConfig.load(Sources.of(Map.of("node.id", "1"))));

        // when
        restarted.start(image);

        // then
        assertThat(restarted.logConfig("t").retentionMs()).isEqualTo(6000);
        assertThat(restarted.logConfig("t").flushMs()).isEqualTo(3);
    }

    private void set(ConfigResource.Type type, String name, String setting, String value) {
        alter(type, name, ConfigChange.set(setting, value));
    }

    private void delete(ConfigResource.Type type, String name, String setting) {
        alter(type, name, ConfigChange.delete(setting));
    }

    private void alter(ConfigResource.Type type, String name, ConfigChange change) {
        apply(new AlterConfigs(new ConfigResource(type, name), List.of(change), false));
    }

    private void apply(MetadataCommand command) {
        var before = image;
        image = MetadataMachine.decide(command, before).image();
        assertThat(image).isNotSameAs(before);
        service.published(before, image);
    }
}
