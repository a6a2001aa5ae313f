package io.moldau.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.timeline.FaultSpan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each bad history was made by hand and shows one anomaly and no other.
class JudgeTest {
    @TempDir private Path folder;

    @Test
    void findsNothingInAGoodHistory() {
        // when
        var judgement = Judge.judge(history("good"));

        // then
        assertThat(judgement.anomalies()).isEmpty();
        assertThat(judgement.acknowledgedRecords()).isEqualTo(3);
        assertThat(judgement.readRecords()).isEqualTo(4);
        assertThat(judgement.unseen()).isZero();
        assertThat(judgement.operations().get("send").get("ok")).isEqualTo(2);
        assertThat(judgement.operations().get("send").get("fail")).isEqualTo(1);
        assertThat(judgement.operations().get("send").get("info")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "lost-write, lost-write, 1",
        "duplicate, duplicate, 3",
        "aborted-read, aborted-read, 3",
        "aborted-read-before-the-failure, aborted-read, 3",
        "precommitted-read, precommitted-read, 1",
        "G1c, G1c, 3",
        "inconsistent-offsets, inconsistent-offsets, 5",
        "nonmonotonic-send, nonmonotonic-send, 1",
        "nonmonotonic-poll, nonmonotonic-poll, 5",
        "poll-skip, poll-skip, 2",
        "unseen, unseen, 1",
        "unexpected-write, unexpected-write, 1",
        "commit-went-back, commit-went-back, 5",
        "group-poll-skip, poll-skip, 3",
        "malformed-history, malformed-history, 2"
    })
    void namesTheAnomalyOfABadHistoryAndItsPlace(String file, String label, long index) {
        // when
        var judgement = Judge.judge(history(file));

        // then
        assertThat(judgement.counts().keySet()).containsExactly(label);
        assertThat(judgement.anomalies().getFirst().kind().label()).isEqualTo(label);
        assertThat(judgement.anomalies().getFirst().index()).isEqualTo(index);
    }

    @Test
    void quotesTheRecordThatWasLostAndNotItsNeighbours() {
        // when
        var lost = Judge.judge(history("lost-write")).anomalies().getFirst();

        // then
        assertThat(lost.detail())
                .isEqualTo(
                        "value 7 of key 1 was acknowledged at offset 0; nobody got it, the highest offset read is 1");
        assertThat(lost.excerpt())
                .containsExactly(
                        "{:index 0, :time 1000000, :process 0, :type :invoke, :f :send, :value [[:send 1 7]]}",
                        "{:index 1, :time 2000000, :process 0, :type :ok, :f :send, :value [[:send 1 [0 7]]]}");
    }

    @Test
    void quotesOnlyTheRecordsOfALongPollThatMatter() {
        // when
        var skip = Judge.judge(history("nonmonotonic-poll")).anomalies().getFirst();

        // then
        assertThat(skip.excerpt())
                .containsExactly(
                        "{:index 3, :time 6000000, :process 1, :type :ok, :f :poll, :value [[:poll {1 [[0 7] [1 8]]}]]}",
                        "{:index 5, :time 8000000, :process 1, :type :ok, :f :poll, :value [[:poll {1 [[0 7]]}]]}");
    }

    @Test
    void countsAllOfAKindAndKeepsTheFirst() throws IOException {
        // given
        var text = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            text.append(
                    """
                    {:index %d, :time %d, :process 0, :type :invoke, :f :poll, :value [[:poll]]}
                    {:index %d, :time %d, :process 0, :type :ok, :f :poll, :value [[:poll {1 [[%d %d]]}]]}
                    """
                            .formatted(i * 2, i, i * 2 + 1, i, i, i));
        }

        // when
        var judgement = Judge.judge(written(text.toString()));

        // then
        assertThat(judgement.counts()).containsEntry("unexpected-write", 50L);
        assertThat(judgement.anomalies()).hasSize(Findings.KEPT_OF_A_KIND);
    }

    @Test
    void topicsThatAdminsWereToldOfFitAnOrder() throws IOException {
        // when
        var judgement = Judge.judge(written(""), history("linearizable"), List.of());

        // then
        assertThat(judgement.anomalies()).isEmpty();
        assertThat(judgement.operations().get("delete-topic"))
                .containsEntry("info", 1L)
                .containsEntry("fail", 1L);
    }

    @Test
    void oneTopicCannotBeCreatedTwice() throws IOException {
        // when
        var judgement = Judge.judge(written(""), history("not-linearizable"), List.of());

        // then
        assertThat(judgement.counts()).containsEntry("not-linearizable", 1L);
        assertThat(judgement.anomalies().getFirst().excerpt()).hasSize(4);
    }

    @Test
    void aPartitionIsUnavailableFromItsFirstUnansweredSendToTheNextAcknowledgement()
            throws IOException {
        // given: a send is given up after two seconds, and the next one is acknowledged at 3.5.
        var history =
                written(
                        """
                        {:index 0, :time 0, :process 0, :type :invoke, :f :send, :value [[:send 1 0]]}
                        {:index 1, :time 1000000, :process 0, :type :ok, :f :send, :value [[:send 1 [0 0]]]}
                        {:index 2, :time 1000000000, :process 0, :type :invoke, :f :send, :value [[:send 1 1]]}
                        {:index 3, :time 3000000000, :process 0, :type :info, :f :send, :value [[:send 1 1]]}
                        {:index 4, :time 3100000000, :process 1, :type :invoke, :f :send, :value [[:send 1 2]]}
                        {:index 5, :time 3500000000, :process 1, :type :ok, :f :send, :value [[:send 1 [1 2]]]}
                        {:index 6, :time 3600000000, :process 2, :type :invoke, :f :poll, :value [[:poll]]}
                        {:index 7, :time 3700000000, :process 2, :type :ok, :f :poll, :value [[:poll {1 [[0 0] [1 2]]}]]}
                        """);
        var faults =
                List.of(
                        new FaultSpan("kill", "node 1", 900_000_000L, 2_000_000_000L, ""),
                        new FaultSpan("kill", "node 2", 3_550_000_000L, 3_550_000_000L, ""));

        // when
        var judgement = Judge.judge(history, written("", "metadata.edn"), faults);

        // then
        assertThat(judgement.anomalies()).isEmpty();
        assertThat(judgement.waits())
                .containsExactly(new Judgement.Wait(1, 1_000_000_000L, 3_500_000_000L));
        assertThat(judgement.recoveries())
                .containsExactly(
                        new Judgement.Recovery(0, 2_600_000_000L),
                        new Judgement.Recovery(1, Judgement.Recovery.NEVER));
    }

    private Path written(String text) throws IOException {
        return written(text, "history.edn");
    }

    private Path written(String text, String name) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Path history(String name) {
        try {
            return Path.of(JudgeTest.class.getResource(name + ".edn").toURI());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
