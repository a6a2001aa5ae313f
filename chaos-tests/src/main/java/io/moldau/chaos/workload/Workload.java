package io.moldau.chaos.workload;

import io.moldau.chaos.history.Edn.Keyword;
import io.moldau.chaos.history.HistoryWriter;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import io.moldau.chaos.timeline.FaultSpan;
import io.moldau.chaos.timeline.LoadSample;
import io.moldau.chaos.timeline.RunClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// The clients of a run, from its first record to the last read.
public final class Workload implements AutoCloseable {
    private static final int READERS = 2;
    private static final int LAST_READERS = 3;
    private static final int RECORDS_OF_A_SENDER = 1_000;

    /// Topics that are made for the records of a run.
    private static final String TOPIC_PREFIX = "chaos-";

    private final WorkloadPlan plan;
    private final RunClock clock;
    private final List<LoadTopic> topics;
    private final Path historyFile;
    private final Path metadataFile;
    private final HistoryWriter history;
    private final HistoryWriter metadataHistory;
    private final Scene scene;
    private final GroupProgress progress;
    private final Crew crew;
    private final Random random;

    private Workload(WorkloadPlan plan, RunClock clock) {
        this.plan = plan;
        this.clock = clock;
        random = new Random(plan.seed());
        topics =
                IntStream.range(0, plan.topics())
                        .mapToObj(i -> new LoadTopic(TOPIC_PREFIX + i, plan.partitions()))
                        .toList();
        historyFile = plan.folder().resolve("history.edn");
        metadataFile = plan.folder().resolve("metadata.edn");
        history = HistoryWriter.open(historyFile, clock::nanos);
        metadataHistory = HistoryWriter.open(metadataFile, clock::nanos);
        var keys = new KeySpace(topics);
        progress = new GroupProgress(keys);
        var meter = new LoadMeter(clock, this::lag);
        scene = new Scene(plan, clock, history, keys, meter);
        crew = new Crew(scene, metadataHistory, progress);
    }

    /// Makes the topics and starts every client.
    ///
    /// @throws IllegalStateException the topics cannot be made
    public static Workload start(WorkloadPlan plan, RunClock clock) {
        TopicMaker.make(plan, TOPIC_PREFIX);
        var workload = new Workload(plan, clock);
        workload.begin();
        return workload;
    }

    private void begin() {
        noteKeys();
        scene.meter().start();
        if (plan.kinds().contains(WorkloadKind.ASSIGN)
                || plan.kinds().contains(WorkloadKind.GROUP)) {
            int senders = 2 + plan.recordsPerSecond() / RECORDS_OF_A_SENDER;
            crew.startSenders(senders, random);
        }
        if (plan.kinds().contains(WorkloadKind.ASSIGN)) {
            crew.startReaders(READERS, random);
        }
        if (plan.kinds().contains(WorkloadKind.GROUP)) {
            crew.startGroups(random);
        }
        if (plan.kinds().contains(WorkloadKind.METADATA)) {
            crew.startAdmins(random);
        }
        crew.startOthers(plan.kinds(), random);
    }

    private void noteKeys() {
        for (int key = 0; key < scene.keys().size(); key++) {
            history.note("key " + key + " is " + scene.keys().partition(key));
        }
    }

    private long lag() {
        return plan.kinds().contains(WorkloadKind.GROUP) ? progress.lag() : 0;
    }

    /// Topics whose partitions may be moved, whose leaders may be changed.
    public List<LoadTopic> topics() {
        return topics;
    }

    /// Asks one client to vanish; another takes its place soon.
    ///
    /// @return who, empty when there is none
    public String crashOne(long seed) {
        return crew.crashOne(new Random(seed));
    }

    /// Writes a fault into the history, once it is over, as Jepsen's nemesis would.
    public void noteFault(FaultSpan fault) {
        var said = new LinkedHashMap<Object, Object>();
        said.put(new Keyword("target"), fault.target());
        said.put(new Keyword("began"), fault.beganNanos());
        said.put(new Keyword("ended"), fault.endedNanos());
        said.put(new Keyword("said"), fault.said());
        history.complete(
                Operation.NEMESIS, Stage.INFO, fault.kind(), new Value.Other(said), Notes.NONE);
    }

    /// The last whole second.
    public LoadSample sample() {
        return scene.meter().last();
    }

    /// Lets nobody send any more, waits for the answers, lets the group catch up and reads
    /// everything from the beginning. The cluster must be whole by now.
    ///
    /// @param timeout for catching up and reading
    public WorkloadResult finish(Duration timeout) {
        crew.stopSending();
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean caughtUp = crew.awaitGroups(deadline);
        crew.stopReading();
        boolean complete = readAll(deadline);
        crew.describeTopics(timeout);
        close();
        return new WorkloadResult(
                historyFile,
                metadataFile,
                scene.meter().samples(),
                crew.skipped(),
                caughtUp && complete);
    }

    private boolean readAll(long deadlineNanos) {
        var reads = new ArrayList<LastRead>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < LAST_READERS; i++) {
            int first = i;
            var keys =
                    IntStream.range(0, scene.keys().size())
                            .filter(key -> key % LAST_READERS == first)
                            .boxed()
                            .toList();
            if (!keys.isEmpty()) {
                var read = new LastRead(scene, keys, deadlineNanos);
                reads.add(read);
                threads.add(read.start("last-read-" + i));
            }
        }
        threads.forEach(Threads::join);
        return reads.stream().allMatch(LastRead::complete);
    }

    /// Ends every client that is still there, and the histories.
    @Override
    public void close() {
        crew.close();
        scene.meter().close();
        history.close();
        metadataHistory.close();
    }

    /// The run's one clock.
    public RunClock clock() {
        return clock;
    }
}
