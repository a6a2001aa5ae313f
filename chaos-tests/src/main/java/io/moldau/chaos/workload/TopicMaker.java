package io.moldau.chaos.workload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;

/// Makes the topics of a run, before anything goes wrong.
final class TopicMaker {
    /// Nodes that have just started may take their time to find a controller.
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private TopicMaker() {}

    /// @throws IllegalStateException they cannot be made, or they have no leaders in time
    static void make(WorkloadPlan plan, String prefix) {
        var topics =
                IntStream.range(0, plan.topics())
                        .mapToObj(i ->
                                new NewTopic(
                                                prefix + i,
                                                plan.partitions(),
                                                plan.replicationFactor())
                                        .configs(plan.topicSettings()))
                        .toList();
        var names = topics.stream().map(NewTopic::name).toList();
        var settings = ClientSettings.admin(plan.bootstrap(), "chaos-topics", 10);
        settings.put("default.api.timeout.ms", Long.toString(TIMEOUT.toMillis()));
        try (var admin = Admin.create(settings)) {
            admin.createTopics(topics).all().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            awaitLeaders(admin, names);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IllegalStateException("cannot make the topics " + names, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making topics", e);
        }
    }

    private static void awaitLeaders(Admin admin, List<String> names) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!haveLeaders(admin, names)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("some partitions of " + names + " have no leader");
            }
            Thread.sleep(Duration.ofMillis(100));
        }
    }

    private static boolean haveLeaders(Admin admin, List<String> names)
            throws InterruptedException {
        try {
            return admin.describeTopics(names).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (ExecutionException _) {
            return false; // Whoever answered has not heard of them yet.
        }
    }
}
