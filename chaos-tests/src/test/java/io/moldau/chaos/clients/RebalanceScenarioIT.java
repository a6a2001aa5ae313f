package io.moldau.chaos.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.clients.ClientProcess.Outcome;
import io.moldau.chaos.load.GroupChecker;
import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.BrokerProcess;
import io.moldau.chaos.run.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A Spring application, Python scripts and plain Java consumers in one group: who gets what when
/// they come and go.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RebalanceScenarioIT {
    private static final Duration SETTLES = Duration.ofSeconds(60);
    private static final int RECORDS = 300;

    private BrokerProcess broker;
    private Admin admin;

    @BeforeAll
    void startBroker() {
        broker = Acceptance.startBroker("rebalance", "group.initial.rebalance.delay.ms=0");
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    @AfterAll
    void stopBroker() {
        if (broker != null) {
            admin.close();
            broker.close();
        }
    }

    /// The lines and numbers of the tutorial. Range gives the first partitions to the first member
    /// id, and Spring's `consumer-…` comes before `kafka-python-…`.
    @Test
    void sharesThreePartitionsBetweenSpringAndPython() throws Exception {
        var python = Client.kafkaPython();
        python.missing().ifPresent(Assumptions::abort);
        var topic = "edu-topic01";
        var group = "edu-topic01-cg";
        Topics.create(broker.bootstrap(), topic, 3);

        try (var spring = joined(new Client.Spring(), "spring", group, topic)) {
            awaitShare(spring, "edu-topic01-0", "edu-topic01-1", "edu-topic01-2");
            assertThat(spring.history().log())
                    .containsExactly(
                            "edu-topic01-cg: partitions assigned: [edu-topic01-0, edu-topic01-1, edu-topic01-2]");

            var first = joined(python, "python 1", group, topic);
            awaitShare(spring, "edu-topic01-0", "edu-topic01-1");
            awaitShare(first, "edu-topic01-2");
            assertThat(assignor(group)).isEqualTo("range");

            var second = joined(python, "python 2", group, topic);
            awaitShare(spring, "edu-topic01-0");
            awaitSizes(first, 1, second, 1);

            var third = joined(python, "python 3", group, topic);
            awaitMembers(group, 4);
            awaitShare(spring, "edu-topic01-0");
            await().atMost(SETTLES).until(() -> sharesOf(first, second, third).size() == 2);
            var pythons = new ArrayList<>(List.of(first, second, third));
            var idle =
                    pythons.stream()
                            .filter(member -> member.history().assignment().isEmpty())
                            .findFirst()
                            .orElseThrow();
            produce(topic);
            awaitAllReceived(topic, spring, first, second, third);
            assertThat(idle.history().receivedCount()).isZero();
            pythons.remove(idle);
            assertThat(pythons)
                    .allSatisfy(
                            member -> assertThat(member.history().receivedCount()).isPositive());
            assertThat(spring.history().receivedCount()).isPositive();

            leave(idle);
            awaitMembers(group, 3);
            awaitShare(spring, "edu-topic01-0");
            leave(pythons.getLast());
            awaitShare(spring, "edu-topic01-0", "edu-topic01-1");
            awaitShare(pythons.getFirst(), "edu-topic01-2");
            leave(pythons.getFirst());
            awaitShare(spring, "edu-topic01-0", "edu-topic01-1", "edu-topic01-2");
            assertThat(spring.history().log())
                    .endsWith(
                            "edu-topic01-cg: partitions assigned: [edu-topic01-0, edu-topic01-1, edu-topic01-2]");
        }
    }

    /// Five libraries in one group agree on `range`, whoever of them leads it.
    @Test
    void findsTheOneProtocolThatAllMembersKnow() throws Exception {
        var topic = "mixed";
        var group = "mixed-cg";
        Topics.create(broker.bootstrap(), topic, 5);
        var clients =
                List.of(
                        Client.kafkaPython(),
                        new Client.Java("4.4.0", List.of()),
                        Client.confluentPython(),
                        new Client.Java("2.5.1", List.of()),
                        new Client.Spring());
        var members = new ArrayList<ClientProcess>();
        try {
            for (var client : clients) {
                if (client.missing().isEmpty()) {
                    members.add(joined(client, "mixed " + client.name(), group, topic));
                    int size = members.size();
                    await().atMost(SETTLES)
                            .until(() ->
                                    sharesOf(members.toArray(ClientProcess[]::new)).size() == size);
                    awaitMembers(group, size);
                }
            }
            assertThat(assignor(group)).isEqualTo("range");
            produce(topic);
            awaitAllReceived(topic, members.toArray(ClientProcess[]::new));
            while (members.size() > 1) {
                leave(members.removeFirst());
            }
            awaitShare(members.getFirst(), "mixed-0", "mixed-1", "mixed-2", "mixed-3", "mixed-4");
        } finally {
            members.forEach(ClientProcess::close);
        }
    }

    private ClientProcess joined(Client client, String name, String group, String topic) {
        var member = client.start(name, broker.bootstrap());
        member.join(group, List.of(topic));
        return member;
    }

    private static void leave(ClientProcess member) {
        member.leave();
        member.close();
    }

    private void produce(String topic) {
        try (var producer =
                new Client.Java("4.4.0", List.of())
                        .start("producer " + topic, broker.bootstrap())) {
            assertThat(producer.produce(topic, "none", 0, RECORDS)).isEqualTo(new Outcome.Done());
        }
    }

    private static void awaitShare(ClientProcess member, String... partitions) {
        await("share of " + member.history())
                .atMost(SETTLES)
                .untilAsserted(() ->
                        assertThat(member.history().assignment())
                                .containsExactlyInAnyOrder(partitions));
    }

    private static void awaitSizes(
            ClientProcess first, int firstSize, ClientProcess second, int secondSize) {
        await().atMost(SETTLES)
                .untilAsserted(() -> {
                    assertThat(first.history().assignment()).hasSize(firstSize);
                    assertThat(second.history().assignment()).hasSize(secondSize);
                });
    }

    private void awaitMembers(String group, int count) {
        await(count + " members")
                .atMost(SETTLES)
                .untilAsserted(() ->
                        assertThat(
                                        admin.describeConsumerGroups(List.of(group))
                                                .all()
                                                .get()
                                                .get(group)
                                                .members())
                                .hasSize(count));
    }

    private String assignor(String group) throws Exception {
        return admin.describeConsumerGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .partitionAssignor();
    }

    /// The members that have something.
    private static Set<ClientProcess> sharesOf(ClientProcess... members) {
        var busy = new HashSet<ClientProcess>();
        for (var member : members) {
            if (!member.history().assignment().isEmpty()) {
                busy.add(member);
            }
        }
        return busy;
    }

    private void awaitAllReceived(String topic, ClientProcess... members) {
        var read = KeyedTopic.read(broker.bootstrap(), topic);
        var ends = new HashMap<String, Long>();
        read.forEach(record ->
                ends.merge(topic + "-" + record.partition(), record.offset() + 1, Math::max));
        var histories = List.of(members).stream().map(ClientProcess::history).toList();
        await("all of " + topic)
                .atMost(SETTLES)
                .untilAsserted(() ->
                        assertThat(
                                        GroupChecker.check(
                                                histories.stream()
                                                        .map(MemberHistory::events)
                                                        .toList(),
                                                ends))
                                .isEmpty());
    }
}
