package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.metadata.NodeImage;
import io.moldau.metadata.TopicImage;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LostLeadersTest {
    private static final int MORE_LOOKS_THAN_IT_TAKES = 200;

    private final AdminRig rig = new AdminRig();
    private final TestConnection connection = new TestConnection();
    private boolean lost = true;

    @BeforeEach
    void create() {
        rig.store.withTopic("led", 1); // By node 1.
        rig.visibility =
                new Visibility() {
                    @Override
                    public CompletableFuture<Boolean> await(long index, long timeoutMs) {
                        return CompletableFuture.completedFuture(true);
                    }

                    @Override
                    public boolean hasLost(NodeImage node) {
                        return lost;
                    }
                };
    }

    private CompletableFuture<Boolean> ask(String topic) {
        return LostLeaders.succeeded(
                rig.metadata, connection, (TopicImage known) -> known.name().equals(topic));
    }

    @Test
    void aQuestionForALeaderThatWasJustLostWaitsUntilThereIsAnother() {
        // given
        var waiting = ask("led");
        connection.timePasses();
        boolean early = waiting.isDone();

        // when
        lost = false;
        connection.timePasses();

        // then
        assertThat(early).isFalse();
        assertThat(waiting).isCompleted();
    }

    @Test
    void aQuestionForOthersDoesNotWait() {
        assertThat(ask("another")).isCompleted();
        assertThat(connection.hasScheduled()).isFalse();
    }

    @Test
    void aLeaderThatTheClusterDoesNotGiveUpIsTheAnswerAfterAll() {
        // given
        var waiting = ask("led");

        // when
        for (int i = 0; i < MORE_LOOKS_THAN_IT_TAKES; i++) {
            connection.timePasses();
        }

        // then
        assertThat(waiting).isCompleted();
    }
}
