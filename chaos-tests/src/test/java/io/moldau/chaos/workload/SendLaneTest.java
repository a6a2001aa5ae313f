package io.moldau.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.history.HistoryReader;
import io.moldau.chaos.history.HistoryWriter;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import io.moldau.chaos.timeline.RunClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendLaneTest {
    @TempDir private Path folder;

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

    @Test
    void anOperationIsDoneWhenAllOfItsRecordsAre() {
        // given
        var operations =
                run(lane -> {
                    lane.send(producer, 2);
                    producer.completeNext();
                    assertThat(lane.isBusy()).isTrue();
                    producer.completeNext();
                    assertThat(lane.isBusy()).isFalse();
                });

        // then
        assertThat(operations.getFirst().value())
                .isEqualTo(Value.of(new Send(0, 0), new Send(0, 1)));
        assertThat(operations.getLast().type()).isEqualTo(Stage.OK);
        assertThat(operations.getLast().value())
                .isEqualTo(Value.of(new Sent(0, 0, 0), new Sent(0, 1, 1)));
    }

    @Test
    void aRecordThatWasGivenUpMakesItsProcessNobody() {
        // when
        var operations =
                run(lane -> {
                    lane.send(producer, 2);
                    producer.completeNext();
                    producer.errorNext(new TimeoutException("delivery"));
                    lane.send(producer, 1);
                    producer.completeNext();
                });

        // then
        assertThat(operations)
                .extracting(Operation::type)
                .containsExactly(Stage.INVOKE, Stage.INFO, Stage.INVOKE, Stage.OK);
        assertThat(operations.get(1).value())
                .isEqualTo(Value.of(new Sent(0, 0, 0), new Send(0, 1)));
        assertThat(operations.get(2).process()).isNotEqualTo(operations.get(1).process());
        assertThat(operations.get(2).value()).isEqualTo(Value.of(new Send(0, 2)));
    }

    @Test
    void whatNeverLeftHasCertainlyFailed() {
        // given
        producer.sendException = new RecordTooLargeException("too large");

        // when
        var operations = run(lane -> lane.send(producer, 2));

        // then
        assertThat(operations.getLast().type()).isEqualTo(Stage.FAIL);
        assertThat(operations.getLast().notes().error()).contains("too large");
    }

    private interface Story {
        void of(SendLane lane);
    }

    private List<Operation> run(Story story) {
        var file = folder.resolve("history.edn");
        var clock = RunClock.start();
        var keys = new KeySpace(List.of(new LoadTopic("chaos-0", 1)));
        try (var history = HistoryWriter.open(file, clock::nanos);
                var meter = new LoadMeter(clock, () -> 0)) {
            story.of(new SendLane(new Scene(plan(), clock, history, keys, meter), 0));
        }
        var read = new ArrayList<Operation>();
        HistoryReader.read(file, read::add);
        return read;
    }

    private WorkloadPlan plan() {
        return new WorkloadPlan("127.0.0.1:1", folder, 1, 100, 1, 1, (short) 1, Map.of(), Set.of());
    }
}
