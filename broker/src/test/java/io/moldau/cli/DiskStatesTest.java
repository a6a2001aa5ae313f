package io.moldau.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.Test;

class DiskStatesTest {
    private static final LogDirDescription OK =
            new LogDirDescription(null, Map.of(), 1_000, 600, false);
    private static final LogDirDescription FULL =
            new LogDirDescription(null, Map.of(), 1_000, 5, true);
    private static final LogDirDescription FAILED =
            new LogDirDescription(new KafkaStorageException("gone"), Map.of());

    @Test
    void saysTheWorstOfANodesDisks() {
        assertThat(DiskStates.of(List.of(OK, OK))).isEqualTo("ok");
        assertThat(DiskStates.of(List.of(OK, FULL))).isEqualTo("full");
        assertThat(DiskStates.of(List.of(FULL, FAILED, OK))).isEqualTo("1 of 3 offline");
    }
}
