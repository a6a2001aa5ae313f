package io.moldau.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.ClusterEye;
import io.moldau.chaos.run.Nodes;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.RunClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Faults are done and undone on nodes that only write down what is asked of them.
@Timeout(30)
class NemesisTest {
    private static final long AN_HOUR_MS = Duration.ofHours(1).toMillis();

    private final RunClock clock = RunClock.start();
    private final Ledger nodes = new Ledger();
    private final ClusterEye eye = new ClusterEye("127.0.0.1:1", List.of(), clock);
    private final Scene scene = new Scene(nodes, eye, clock, _ -> "process 7");
    private final Heard heard = new Heard();
    private final Nemesis nemesis = new Nemesis(scene, heard);

    /// Three nodes that do nothing.
    private static final class Ledger implements Nodes {
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch first = new CountDownLatch(1);
        private boolean isBroken;

        private void call(String what, int id) {
            calls.add(what + " " + id);
            first.countDown();
        }

        @Override
        public List<Integer> ids() {
            return List.of(1, 2, 3);
        }

        @Override
        public String bootstrap() {
            return "127.0.0.1:1";
        }

        @Override
        public void kill(int id) {
            call("kill", id);
        }

        @Override
        public void stop(int id) {
            call("stop", id);
        }

        @Override
        public void start(int id) {
            call("start", id);
            if (isBroken) {
                throw new IllegalStateException("does not start\nand says why");
            }
        }

        @Override
        public void pause(int id) {
            call("pause", id);
        }

        @Override
        public void resume(int id) {
            call("resume", id);
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private static final class Heard implements Nemesis.Listener {
        private final List<String> news = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void began(FaultKind kind, String target) {
            news.add("began %s: %s".formatted(kind.label(), target));
        }

        @Override
        public void ended(FaultSpan span) {
            news.add("ended " + span.kind());
        }

        @Override
        public void failed(FaultKind kind, Aim aim, String why) {
            news.add("failed %s: %s".formatted(kind.label(), why));
        }

        @Override
        public void skipped(FaultKind kind, Aim aim, String why) {
            news.add("skipped %s: %s".formatted(kind.label(), why));
        }
    }

    @AfterEach
    void close() {
        eye.close();
    }

    private static PlannedFault fault(FaultKind kind, Aim aim, long lastsMs) {
        return new PlannedFault(kind, aim, 0, lastsMs, 1);
    }

    private List<FaultSpan> play(PlannedFault... faults) {
        return nemesis.play(new Episode(1, List.of(faults), 0));
    }

    @Test
    void everyNodeThatIsKilledIsStartedAgain() {
        // when
        var spans = play(fault(FaultKind.KILL, Aim.ALL, 0));

        // then
        assertThat(nodes.calls.subList(0, 3))
                .containsExactlyInAnyOrder("kill 1", "kill 2", "kill 3");
        assertThat(nodes.calls.subList(3, 6))
                .containsExactlyInAnyOrder("start 1", "start 2", "start 3");
        assertThat(spans)
                .singleElement()
                .satisfies(span -> {
                    assertThat(span.kind()).isEqualTo("kill");
                    assertThat(span.target()).isEqualTo("nodes 1,2,3");
                });
        assertThat(heard.news).containsExactly("began kill: nodes 1,2,3", "ended kill");
    }

    @Test
    void whatLastsIsUndoneAsSoonAsTheRunEnds() throws InterruptedException {
        // given
        var playing =
                Thread.ofVirtual()
                        .start(() -> play(fault(FaultKind.PAUSE, Aim.MINORITY, AN_HOUR_MS)));
        nodes.first.await();

        // when
        scene.end();
        playing.join();

        // then
        assertThat(nodes.calls).hasSize(2);
        assertThat(nodes.calls.getFirst()).startsWith("pause ");
        assertThat(nodes.calls.getLast())
                .isEqualTo(nodes.calls.getFirst().replace("pause", "resume"));
    }

    @Test
    void aNodeBelongsToOneFaultAtATime() throws InterruptedException {
        // given
        var playing =
                Thread.ofVirtual().start(() -> play(fault(FaultKind.PAUSE, Aim.ALL, AN_HOUR_MS)));
        nodes.first.await();

        // when
        var spans = play(fault(FaultKind.KILL, Aim.ONE, 0));

        // then
        assertThat(spans).isEmpty();
        assertThat(heard.news).contains("skipped kill: another fault has the node already");
        scene.end();
        playing.join();
        assertThat(nodes.calls).noneMatch(call -> call.startsWith("kill"));
    }

    @Test
    void aNodeThatDoesNotComeBackIsAFailure() {
        // given
        nodes.isBroken = true;

        // when
        var spans = play(fault(FaultKind.FAST_RESTART, Aim.ONE, 0));

        // then
        assertThat(spans)
                .singleElement()
                .satisfies(span -> assertThat(span.said()).isEqualTo("FAILED: does not start"));
        assertThat(heard.news).anyMatch(news -> news.startsWith("failed fast-restart: "));
    }

    @Test
    void whatNeedsNodesOfOurOwnIsLeftOutElsewhere() {
        assertThat(play(fault(FaultKind.CUT, Aim.ONE, 0), fault(FaultKind.DISK_LOSS, Aim.ONE, 0)))
                .isEmpty();
        assertThat(heard.news)
                .containsExactlyInAnyOrder(
                        "skipped cut: the cluster is not ours",
                        "skipped disk-loss: the cluster is not ours");
    }

    @Test
    void aClientThatCrashesIsNamed() {
        assertThat(play(fault(FaultKind.CLIENT_CRASH, Aim.ONE, 0)))
                .extracting(FaultSpan::target)
                .containsExactly("process 7");
    }
}
