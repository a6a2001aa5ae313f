package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BoardTest {
    @Test
    void aListenerWhoseThreadsHaveEndedKeepsNobodyFromFollowing() {
        // given
        var board = new Board();
        List<ClusterImage> seen = new ArrayList<>();
        board.listen((_, _) -> {
            throw new RejectedExecutionException("the shard is closed");
        });
        board.listen((_, after) -> seen.add(after));

        // when
        board.controller(3);

        // then
        assertThat(seen).extracting(ClusterImage::controllerId).containsExactly(3);
    }

    /// A node that started while topics came and went took one for its successor.
    @Test
    void whoFollowsMissesNothingThatComesWhileItBegins() throws InterruptedException {
        // given
        var board = new Board();
        board.controller(1);
        List<Integer> seen = new ArrayList<>();
        var applying = new Thread(() -> board.controller(2));

        // when
        board.follow(
                first -> {
                    seen.add(first.controllerId());
                    applying.start();
                    await().until(() -> applying.getState() == Thread.State.BLOCKED);
                },
                (before, after) ->
                        seen.addAll(List.of(before.controllerId(), after.controllerId())));
        applying.join();

        // then
        assertThat(seen).containsExactly(1, 1, 2);
    }
}
