package io.moldau.chaos.workload;

import io.moldau.chaos.history.HistoryWriter;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// An admin that creates, grows and deletes topics and never asks twice: a second attempt would
/// hide what the first one did.
final class TopicAdmin extends ClientThread {
    private static final int PARTITIONS_MAX = 4;

    private final WorkloadPlan plan;
    private final HistoryWriter history;
    private final TopicNames names;
    private final double operationsPerSecond;
    private final Random random;
    private final Admin admin;
    private int process;

    TopicAdmin(
            WorkloadPlan plan,
            HistoryWriter history,
            TopicNames names,
            String name,
            double operationsPerSecond,
            long seed) {
        super(name);
        this.plan = plan;
        this.history = history;
        this.names = names;
        this.operationsPerSecond = operationsPerSecond;
        this.random = new Random(seed);
        process = history.newProcess();
        admin = Admin.create(ClientSettings.admin(plan.bootstrap(), name, 0));
        start(this::run);
    }

    private void run() {
        while (!isStopping()) {
            long pauseNanos = (long) (random.nextDouble() * 2e9 / operationsPerSecond);
            LockSupport.parkNanos(pauseNanos);
            var topic = names.next(random);
            int partitions = 1 + random.nextInt(PARTITIONS_MAX);
            switch (random.nextInt(5)) {
                case 0, 1 -> create(topic, partitions);
                case 2, 3 -> grow(topic, partitions);
                default -> delete(topic);
            }
        }
    }

    private void create(String topic, int partitions) {
        var asked = new Value.Other(List.of(topic, (long) partitions));
        history.invoke(process, "create-topic", asked);
        var topics = List.of(new NewTopic(topic, partitions, plan.replicationFactor()));
        end("create-topic", asked, admin.createTopics(topics).all());
    }

    private void grow(String topic, int partitions) {
        var asked = new Value.Other(List.of(topic, (long) partitions));
        history.invoke(process, "create-partitions", asked);
        var more = Map.of(topic, NewPartitions.increaseTo(partitions));
        end("create-partitions", asked, admin.createPartitions(more).all());
    }

    private void delete(String topic) {
        var asked = new Value.Other(List.of(topic));
        history.invoke(process, "delete-topic", asked);
        end("delete-topic", asked, admin.deleteTopics(List.of(topic)).all());
    }

    private void end(String f, Value asked, KafkaFuture<Void> future) {
        try {
            future.get();
            history.complete(process, Stage.OK, f, asked, Notes.NONE);
        } catch (ExecutionException e) {
            fail(f, asked, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + f, e);
        }
    }

    private void fail(String f, Value asked, Throwable failure) {
        var type =
                switch (failure) {
                    case TopicExistsException _,
                            UnknownTopicOrPartitionException _,
                            InvalidPartitionsException _,
                            InvalidReplicationFactorException _,
                            InvalidConfigurationException _,
                            NotControllerException _,
                            PolicyViolationException _,
                            ThrottlingQuotaExceededException _ ->
                            Stage.FAIL;
                    default -> Stage.INFO;
                };
        history.complete(process, type, f, asked, Notes.ofError(reason(failure)));
        if (type == Stage.INFO) {
            process = history.newProcess();
        }
    }

    /// In the words of the metadata checker, where it says something of the topic.
    private static String reason(Throwable failure) {
        return switch (failure) {
            case TopicExistsException _ -> "exists";
            case UnknownTopicOrPartitionException _ -> "absent";
            case InvalidPartitionsException _ -> "not-more";
            default -> failure.toString();
        };
    }

    /// Asks what became of every topic, once all nodes are back and nobody changes anything. Called
    /// by one admin, after its thread has ended.
    void describeAll(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (var topic : names.used()) {
            if (System.nanoTime() < deadline) {
                describe(topic);
            }
        }
    }

    private void describe(String topic) {
        var asked = new Value.Other(Arrays.asList(topic, null));
        history.invoke(process, "describe-topic", asked);
        try {
            var told = admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get();
            var value = new Value.Other(List.of(topic, (long) told.partitions().size()));
            history.complete(process, Stage.OK, "describe-topic", value, Notes.NONE);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                history.complete(process, Stage.OK, "describe-topic", asked, Notes.NONE);
            } else {
                var notes = Notes.ofError(e.getCause().toString());
                history.complete(process, Stage.FAIL, "describe-topic", asked, notes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + topic, e);
        }
    }

    void closeAdmin() {
        admin.close(Duration.ofSeconds(1));
    }

    /// An admin keeps nothing that could be lost with it.
    @Override
    public void crash() {}

    @Override
    public void stop() {
        super.stop();
        LockSupport.unpark(thread());
    }
}
