package io.moldau.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadKindTest {
    @Test
    void kindsAreNamedAsTheCommandLineHasThem() {
        // when
        var kinds = WorkloadKind.of(List.of("kafka-python", "assign"));

        // then
        assertThat(kinds).containsExactly(WorkloadKind.ASSIGN, WorkloadKind.KAFKA_PYTHON);
    }

    @Test
    void aWrongNameIsAnsweredWithTheRightOnes() {
        // when / then
        assertThatThrownBy(() -> WorkloadKind.of(List.of("txn")))
                .hasMessage(
                        "no workload 'txn'; there are assign, group, metadata, librdkafka, kafka-python");
    }
}
