package io.moldau.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    @TempDir private Path folder;

    @Test
    void writesTheLinesThatTheFormatShows() throws IOException {
        // given
        var file = folder.resolve("history.edn");
        var nanos = new AtomicLong();

        // when
        try (var history = HistoryWriter.open(file, () -> nanos.addAndGet(1_000_000))) {
            int process = history.newProcess();
            history.invoke(process, "send", Value.of(new Send(1, 7)));
            history.complete(process, Stage.OK, "send", Value.of(new Sent(1, 7, 0)), Notes.NONE);
        }

        // then
        assertThat(Files.readString(file))
                .isEqualTo(
                        """
                        {:index 0, :time 1000000, :process 0, :type :invoke, :f :send, :value [[:send 1 7]]}
                        {:index 1, :time 2000000, :process 0, :type :ok, :f :send, :value [[:send 1 [0 7]]]}
                        """);
    }

    @Test
    void linesOfManyThreadsAreInTheOrderOfTheirNumbersAndTimes() throws InterruptedException {
        // given
        var file = folder.resolve("history.edn");

        // when
        try (var history = HistoryWriter.open(file, System::nanoTime)) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.startVirtualThread(() -> sendMany(history)));
            }
            for (var thread : threads) {
                thread.join();
            }
        }

        // then
        var read = readAll(file);
        assertThat(read).hasSize(800);
        for (int i = 1; i < read.size(); i++) {
            assertThat(read.get(i).index()).isEqualTo(i);
            assertThat(read.get(i).timeNanos()).isGreaterThanOrEqualTo(read.get(i - 1).timeNanos());
        }
    }

    private static void sendMany(HistoryWriter history) {
        int process = history.newProcess();
        for (int value = 0; value < 200; value++) {
            history.invoke(process, "send", Value.of(new Send(process, value)));
        }
    }

    @Test
    void readsWhatOthersWriteWithPartsInAnotherOrder() {
        // when
        var op =
                HistoryReader.parse(
                        "#jepsen.history.Op{:type :ok, :f :send, :error nil, :value [[:send 3 [nil 7]] [:poll nil]],"
                                + " :time 5N, :process 12, :node \"n1\", :poll-ms 1000, :deps #{1 2}, :index 4}");

        // then
        assertThat(op.index()).isEqualTo(4);
        assertThat(op.process()).isEqualTo(12);
        assertThat(op.value()).isEqualTo(Value.of(new Send(3, 7), new Poll()));
    }

    @Test
    void saysWhichLineIsNoOperation() throws IOException {
        // given
        var file = folder.resolve("history.edn");
        Files.writeString(
                file,
                """
                ; a comment

                {:index 0, :time 0, :process 0, :type :invoke, :f :send, :value [[:send 1 seven]]}
                """);

        // when / then
        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("seven");
    }

    private static List<Operation> readAll(Path file) {
        var read = new ArrayList<Operation>();
        HistoryReader.read(file, read::add);
        return read;
    }
}
