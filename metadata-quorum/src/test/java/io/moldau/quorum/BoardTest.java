package io.moldau.quorum;

import static org.assertj.core.api.Assertions.assertThat;

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
}
