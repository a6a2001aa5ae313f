package io.moldau.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.broker.group.MemoryGroupStore;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class LeaderHintsTest {
    private final MemoryGroupStore store = new MemoryGroupStore();

    /// An answer that carries what its version has no room for cannot be written at all.
    @Test
    void nodesAreNamedOnlyAtVersionsThatHaveRoomForThem() {
        assertThat(named(ApiKeys.FETCH, 12)).isEmpty();
        assertThat(named(ApiKeys.FETCH, 15)).isEmpty();
        assertThat(named(ApiKeys.FETCH, 16)).containsExactly("1 broker:9092");
        assertThat(named(ApiKeys.PRODUCE, 9)).isEmpty();
        assertThat(named(ApiKeys.PRODUCE, 10)).containsExactly("1 broker:9092");
    }

    private List<String> named(ApiKeys key, int version) {
        var context = FakeConnection.context(key, version);
        var hints = new LeaderHints(store::image, NodeAddresses.advertisedTo(1), context);
        var named = new ArrayList<String>();
        hints.add(1);
        hints.writeTo((id, host, port, _) -> named.add(id + " " + host + ":" + port));
        return named;
    }
}
