package io.moldau.chaos.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moldau.chaos.load.GroupChecker;
import io.moldau.chaos.load.GroupEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/// A group of one kind of client over some topics, growing and shrinking while records arrive.
final class GroupRun implements AutoCloseable {
    private static final Duration SETTLES = Duration.ofSeconds(60);

    private final Client client;
    private final String bootstrap;
    private final String group;
    private final List<String> topics;
    private final Admin admin;
    private final List<ClientProcess> present = new ArrayList<>();
    private final List<MemberHistory> all = new ArrayList<>();

    GroupRun(Client client, String bootstrap, String group, List<String> topics) {
        this.client = client;
        this.bootstrap = bootstrap;
        this.group = group;
        this.topics = topics;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    /// One more member, and waits until every partition is with exactly one and everybody has some.
    void grow() {
        var member = client.start(group + "-" + (all.size() + 1), bootstrap);
        present.add(member);
        all.add(member.history());
        member.join(group, topics);
        awaitSettled();
    }

    /// The youngest member leaves, and waits until the others have everything.
    void shrink() {
        var member = present.removeLast();
        member.leave();
        member.close();
        if (!present.isEmpty()) {
            awaitSettled();
        }
    }

    private void awaitSettled() {
        var partitions = endOffsets().keySet();
        await("settled with " + present.size())
                .atMost(SETTLES)
                .untilAsserted(() ->
                        assertThat(present)
                                .satisfies(members ->
                                        assertThat(shares(members))
                                                .isEqualTo(new TreeSet<>(partitions)))
                                .allSatisfy(member ->
                                        assertThat(member.history().assignment()).isNotEmpty())
                                .allSatisfy(member ->
                                        assertThat(member.history().failures()).isEmpty()));
    }

    /// All assigned partitions; one that two members have is told with a mark, so it equals nothing
    /// that exists.
    private static Set<String> shares(List<? extends ClientProcess> members) {
        var shares = new TreeSet<String>();
        for (var member : members) {
            for (var partition : member.history().assignment()) {
                shares.add(shares.contains(partition) ? partition + " twice" : partition);
            }
        }
        return shares;
    }

    /// Waits until every record reached somebody.
    void awaitAll() {
        await("all records of " + topics)
                .atMost(SETTLES)
                .untilAsserted(
                        () -> assertThat(GroupChecker.check(histories(), endOffsets())).isEmpty());
    }

    /// Waits until so many records more than before reached the members of this run.
    void awaitReceived(int count) {
        await("received " + count)
                .atMost(SETTLES)
                .untilAsserted(() ->
                        assertThat(all.stream().mapToInt(MemberHistory::receivedCount).sum())
                                .isGreaterThanOrEqualTo(count));
    }

    void assertNothingWrong() {
        assertThat(GroupChecker.check(histories(), Map.of())).isEmpty();
    }

    List<? extends List<? extends GroupEvent>> histories() {
        return all.stream().map(MemberHistory::events).toList();
    }

    int receivedCount() {
        return all.stream().mapToInt(MemberHistory::receivedCount).sum();
    }

    /// Log end of every partition, by name.
    Map<String, Long> endOffsets() {
        try {
            var queries = new HashMap<TopicPartition, OffsetSpec>();
            for (var topic : admin.describeTopics(topics).allTopicNames().get().values()) {
                topic.partitions()
                        .forEach(p ->
                                queries.put(
                                        new TopicPartition(topic.name(), p.partition()),
                                        OffsetSpec.latest()));
            }
            var ends = new HashMap<String, Long>();
            admin.listOffsets(queries)
                    .all()
                    .get()
                    .forEach((tp, end) -> ends.put(tp.toString(), end.offset()));
            return ends;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The group's positions as the broker keeps them, of partitions that have records.
    Map<String, Long> committed() {
        try {
            var committed = new HashMap<String, Long>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((tp, position) -> committed.put(tp.toString(), position.offset()));
            return committed;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        present.forEach(ClientProcess::close);
        admin.close();
    }
}
