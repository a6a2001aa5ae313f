package io.moldau.quorum.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.Images;
import io.moldau.metadata.MetadataCommand.AlterReassignments;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.ElectLeaders;
import io.moldau.metadata.MetadataCommand.Reassignment;
import io.moldau.metadata.PartitionImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaderBalanceTest extends ControllerFixture {
    private static ClusterImage threeWithTopic() {
        return Images.after(
                new CreateTopic(
                        "t", Images.id(1), -1, (short) -1, List.of(List.of(2, 3, 1)), Map.of(), 0),
                Images.cluster(3));
    }

    private PartitionImage t() {
        return Objects.requireNonNull(image.partition("t", 0));
    }

    private List<ElectLeaders> elections() {
        return decided.stream()
                .filter(ElectLeaders.class::isInstance)
                .map(ElectLeaders.class::cast)
                .toList();
    }

    private long[] sessionsOfThree() {
        return new long[] {open(1), open(2), open(3)};
    }

    @Test
    void bringsLeadershipBackToThePreferredReplicas() {
        elected(threeWithTopic());
        long[] sessions = sessionsOfThree();
        apply(Images.fence(2, image));
        afterWith(100, sessions);
        apply(Images.isr(Images.id(1), 0, image, 1, 2, 3));
        assertThat(t().leader()).isEqualTo(3);

        afterWith(SETTINGS.rebalanceIntervalMs() - 1_000, sessions);
        assertThat(t().leader()).isEqualTo(3);
        afterWith(1_000, sessions);

        assertThat(t().leader()).isEqualTo(2);
        assertThat(elections()).hasSize(1);
    }

    /// Kafka's controller had a percentage for that once, and has none any more.
    @Test
    void bringsASingleOneOfManyBack() {
        elected(Images.after(Images.topic("many", 1, 60, 3), Images.cluster(3)));
        long[] sessions = sessionsOfThree();
        afterWith(100, sessions);
        int stray =
                IntStream.range(0, 60)
                        .filter(i -> image.partition("many", i).leader() == 2)
                        .findFirst()
                        .orElseThrow();
        var replicas = new ArrayList<>(image.partition("many", stray).replicas());
        Collections.swap(replicas, 0, 1);
        apply(new AlterReassignments(List.of(new Reassignment("many", stray, replicas))));
        assertThat(image.partition("many", stray).leader()).isEqualTo(2);

        afterWith(SETTINGS.rebalanceIntervalMs(), sessions);

        assertThat(image.partition("many", stray).leader()).isEqualTo(replicas.getFirst());
        assertThat(elections()).hasSize(1);
    }

    /// All three were stopped; node 3 last, so that it leads now.
    @Test
    void aClusterThatHasJustStartedIsBalancedOnceItIsWhole() {
        elected(threeWithTopic());
        for (int id = 1; id <= 3; id++) {
            apply(Images.node(id, 10 + id, null));
        }
        long[] sessions = sessionsOfThree();
        afterWith(SETTINGS.sessionTimeoutMs() + 1_000, sessions);
        int before = t().leader();
        boolean early = !elections().isEmpty(); // Node 2 has not caught up.

        apply(Images.isr(Images.id(1), 0, image, 1, 2, 3));
        afterWith(500, sessions);

        assertThat(before).isNotEqualTo(2);
        assertThat(early).isFalse();
        assertThat(t().leader()).isEqualTo(2);
        assertThat(elections()).hasSize(1);
    }

    @Test
    void aNodeThatComesBackToAClusterThatRunsWaitsForTheNextCheck() {
        elected(threeWithTopic());
        long[] sessions = {open(1), open(3)};
        afterWith(100, sessions);
        apply(Images.node(2, 12, null));
        long[] all = {sessions[0], sessions[1], open(2)};
        afterWith(100, all);

        apply(Images.isr(Images.id(1), 0, image, 1, 2, 3));
        afterWith(60_000, all);

        assertThat(t().leader()).isEqualTo(3);
        assertThat(elections()).isEmpty();
    }
}
