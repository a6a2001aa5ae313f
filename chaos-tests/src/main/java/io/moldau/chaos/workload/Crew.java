package io.moldau.chaos.workload;

import io.moldau.chaos.history.HistoryWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// All clients of a run, by what they do.
final class Crew implements AutoCloseable {
    private static final int MEMBERS = 3;
    private static final int ADMINS = 3;
    private static final double ADMIN_OPERATIONS_PER_SECOND = 1;

    /// Time for nodes to hear the last of what the controller decided.
    private static final Duration NEWS = Duration.ofSeconds(5);

    /// By eager and by cooperative rebalances; the seed decides which.
    private static final List<String> ASSIGNORS =
            List.of(
                    "org.apache.kafka.clients.consumer.RangeAssignor",
                    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

    private final Scene scene;
    private final HistoryWriter metadataHistory;
    private final GroupProgress progress;
    private final List<LoadClient> senders = new ArrayList<>();
    private final List<LoadClient> readers = new ArrayList<>();
    private final List<LoadClient> members = new ArrayList<>();
    private final List<TopicAdmin> admins = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    Crew(Scene scene, HistoryWriter metadataHistory, GroupProgress progress) {
        this.scene = scene;
        this.metadataHistory = metadataHistory;
        this.progress = progress;
    }

    void startSenders(int count, Random random) {
        double each = (double) scene.plan().recordsPerSecond() / count;
        for (int i = 0; i < count; i++) {
            senders.add(new Sender(scene, "sender-" + i, each, random.nextLong()));
        }
    }

    void startReaders(int count, Random random) {
        for (int i = 0; i < count; i++) {
            readers.add(new AssignedReader(scene, "reader-" + i, random.nextLong()));
        }
    }

    void startGroups(Random random) {
        var assignor = ASSIGNORS.get(random.nextInt(ASSIGNORS.size()));
        for (int i = 0; i < MEMBERS; i++) {
            members.add(new GroupMember(scene, "member-" + i, "chaos-group", assignor, progress));
        }
    }

    void startAdmins(Random random) {
        var names = new TopicNames("meta-");
        for (int i = 0; i < ADMINS; i++) {
            admins.add(
                    new TopicAdmin(
                            scene.plan(),
                            metadataHistory,
                            names,
                            "admin-" + i,
                            ADMIN_OPERATIONS_PER_SECOND,
                            random.nextLong()));
        }
    }

    /// Clients in other languages, where they are installed.
    void startOthers(Set<WorkloadKind> kinds, Random random) {
        for (var kind : List.of(WorkloadKind.LIBRDKAFKA, WorkloadKind.KAFKA_PYTHON)) {
            if (kinds.contains(kind)) {
                startRemote(kind.label(), random);
            }
        }
    }

    private void startRemote(String library, Random random) {
        var forSender = RemoteClient.start(scene.plan(), library, library + "-sender");
        if (forSender.isEmpty()) {
            skipped.add(library + ": no Python here has it (confluent_kafka, kafka)");
            return;
        }
        var forReader =
                RemoteClient.start(scene.plan(), library, library + "-reader").orElseThrow();
        scene.history().note("clients of " + forReader.version());
        var sender = new RemoteSender(scene, library, library + "-sender", random.nextLong());
        senders.add(sender);
        sender.start(forSender.get());
        var reader = new RemoteReader(scene, library, library + "-reader", random.nextLong());
        readers.add(reader);
        reader.start(forReader);
    }

    String crashOne(Random random) {
        var crashable = new ArrayList<LoadClient>(senders);
        crashable.addAll(readers);
        crashable.addAll(members);
        if (crashable.isEmpty()) {
            return "";
        }
        var client = crashable.get(random.nextInt(crashable.size()));
        client.crash();
        return client.name();
    }

    /// Waits for every answer that is still due.
    void stopSending() {
        senders.forEach(LoadClient::stop);
        admins.forEach(LoadClient::stop);
        senders.forEach(LoadClient::close);
        admins.forEach(LoadClient::close);
    }

    /// Waits until the groups have dealt with everything.
    ///
    /// @return whether they did
    boolean awaitGroups(long deadlineNanos) {
        while (!members.isEmpty() && progress.lag() > 0) {
            if (System.nanoTime() > deadlineNanos) {
                return false;
            }
            Threads.pause(Duration.ofMillis(100));
        }
        return true;
    }

    void stopReading() {
        readers.forEach(LoadClient::stop);
        members.forEach(LoadClient::stop);
        readers.forEach(LoadClient::close);
        members.forEach(LoadClient::close);
    }

    /// Asks what became of the topics that admins changed.
    void describeTopics(Duration timeout) {
        if (!admins.isEmpty()) {
            Threads.pause(NEWS);
            admins.getFirst().describeAll(timeout);
        }
    }

    /// What was asked for and could not be done, each with its reason.
    List<String> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public void close() {
        stopSending();
        stopReading();
        admins.forEach(TopicAdmin::closeAdmin);
    }
}
