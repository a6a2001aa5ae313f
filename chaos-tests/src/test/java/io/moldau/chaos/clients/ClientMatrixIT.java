package io.moldau.chaos.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.clients.ClientProcess.Outcome;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every client people have, with every compression, in groups that grow and shrink, across a
/// restart of the broker.
///
/// One broker serves all; the steps build on each other: first the topics are filled, then groups
/// read them, then the broker is restarted and the groups go on.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClientMatrixIT {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int RECORDS = 10_000;
    private static final int PARTITIONS = 4;
    private static final int MEMBERS_MAX = 4;
    private static final int MORE = 500;

    private final Matrix matrix = new Matrix();
    private final Map<String, List<String>> topicsOf = new HashMap<>();
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, Map<String, Long>> committedBefore = new HashMap<>();
    private final Map<String, ClientProcess> producers = new HashMap<>();
    private BrokerProcess broker;
    private boolean restarted;

    @BeforeAll
    void startBroker() {
        broker = Acceptance.startBroker("client-matrix", "group.initial.rebalance.delay.ms=0");
    }

    @AfterAll
    void report() {
        matrix.publish();
        producers.values().forEach(ClientProcess::close);
        if (broker != null) {
            broker.close();
        }
    }

    static List<Client> clients() {
        return Client.all().stream().filter(Client::isWanted).toList();
    }

    /// Java clients with the assignor that moves partitions without stopping the group.
    static List<Client> clientsInGroups() {
        var sticky =
                "partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
        var clients = new ArrayList<>(Client.all());
        clients.add(new Client.Java("4.4.0", List.of(sticky)));
        clients.add(new Client.Java("2.5.1", List.of(sticky)));
        return clients.stream().filter(Client::isWanted).toList();
    }

    @Order(1)
    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void carriesEveryCompression(Client client) throws Exception {
        assumePresent(client);
        var failures = new ArrayList<String>();
        for (var codec : CODECS) {
            try {
                carry(client, codec);
            } catch (AssertionError e) {
                matrix.put(client.label(), codec, "FAILED");
                failures.add(codec + ": " + e.getMessage());
            }
        }
        assertThat(failures).isEmpty();
        assertThat(topicsOf.get(client.name())).as("at least what needs no codec").isNotEmpty();
    }

    private void carry(Client client, String codec) throws Exception {
        var topic = topic(client, codec);
        createTopic(topic);
        long begin = System.nanoTime();
        switch (producerOf(client).produce(topic, codec, 0, RECORDS)) {
            case Outcome.Done() -> {
                long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                KeyedTopic.assertWhole(KeyedTopic.read(broker.bootstrap(), topic), RECORDS);
                assertThat(KeyedTopic.codecsOnDisk(broker.data(), topic)).containsExactly(codec);
                topicsOf.computeIfAbsent(client.name(), _ -> new ArrayList<>()).add(topic);
                written.put(topic, (long) RECORDS);
                matrix.put(client.label(), codec, "ok %d ms".formatted(tookMs));
            }
            case Outcome.Cannot(var reason) -> {
                matrix.put(client.label(), codec, "cannot");
                matrix.note(client.label(), codec, reason);
            }
            case Outcome.Failed(var reason) -> {
                producers.remove(client.name()).close(); // It may still be busy with this.
                throw new AssertionError(reason);
            }
        }
    }

    private ClientProcess producerOf(Client client) {
        return producers.computeIfAbsent(
                client.name(), name -> client.start("producer " + name, broker.bootstrap()));
    }

    @Order(2)
    @ParameterizedTest(name = "{0}")
    @MethodSource("clientsInGroups")
    void sharesAGroupThatGrowsAndShrinks(Client client) throws Exception {
        assumePresent(client);
        var topics = topicsFor(client);
        matrix.put(client.label(), "group 1-4-1", "FAILED");
        long begin = System.nanoTime();
        var producer = producerOf(client);
        try (var group = new GroupRun(client, broker.bootstrap(), group(client), topics)) {
            for (int members = 1; members <= MEMBERS_MAX; members++) {
                group.grow();
                feed(producer, topics.get(members % topics.size()));
            }
            for (int members = MEMBERS_MAX; members > 1; members--) {
                group.shrink();
                feed(producer, topics.get(members % topics.size()));
            }
            group.awaitAll();
            group.shrink();
            group.awaitAll();
            assertThat(group.committed()).containsAllEntriesOf(withRecords(group.endOffsets()));
            committedBefore.put(group(client), group.committed());
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        matrix.put(client.label(), "group 1-4-1", "ok %d s".formatted(seconds));
    }

    @Order(3)
    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void resumesAtItsCommitsAfterARestart(Client client) throws Exception {
        assumePresent(client);
        var before = committedBefore.get(group(client));
        Assumptions.assumeTrue(before != null, "its group got nowhere before");
        matrix.put(client.label(), "after restart", "FAILED");
        restartOnce();
        var topics = topicsFor(client);
        var producer = producerOf(client);
        try (var group = new GroupRun(client, broker.bootstrap(), group(client), topics)) {
            assertThat(group.committed()).isEqualTo(before);
            feed(producer, topics.getFirst());
            int unread = Math.toIntExact(sum(group.endOffsets()) - sum(before));
            group.grow();
            group.awaitReceived(unread);
            group.shrink();
            group.assertNothingWrong();
            assertThat(unread).isGreaterThanOrEqualTo(MORE);
            assertThat(group.receivedCount())
                    .as("the new records and no old one")
                    .isEqualTo(unread);
            assertThat(group.committed()).containsAllEntriesOf(withRecords(group.endOffsets()));
        }
        matrix.put(client.label(), "after restart", "ok");
    }

    private void restartOnce() {
        if (!restarted) {
            broker.stop();
            broker.start();
            restarted = true;
        }
    }

    private void feed(ClientProcess producer, String topic) {
        long from = written.merge(topic, (long) MORE, Long::sum) - MORE;
        var codec = topic.substring(topic.lastIndexOf('.') + 1);
        assertThat(producer.produce(topic, codec, from, MORE)).isEqualTo(new Outcome.Done());
    }

    private static long sum(Map<String, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Long> withRecords(Map<String, Long> endOffsets) {
        var some = new HashMap<>(endOffsets);
        some.values().removeIf(end -> end == 0);
        return some;
    }

    /// Its own topics; a client that only appears in groups reads what its twin wrote.
    private List<String> topicsFor(Client client) {
        var twin =
                client instanceof Client.Java java
                        ? new Client.Java(java.version(), List.of()).name()
                        : client.name();
        var topics = topicsOf.get(twin);
        Assumptions.assumeTrue(topics != null, "it could not write anything before");
        return topics;
    }

    private void assumePresent(Client client) {
        client.missing()
                .ifPresent(reason -> {
                    matrix.put(client.label(), "none", "not here");
                    matrix.note(client.label(), "not run", reason);
                    Assumptions.abort(reason);
                });
    }

    private static String topic(Client client, String codec) {
        return "matrix." + client.name().replace(' ', '-') + "." + codec;
    }

    private static String group(Client client) {
        return "group." + client.name().replace(' ', '-');
    }

    private void createTopic(String name) {
        Topics.create(broker.bootstrap(), name, PARTITIONS);
    }
}
