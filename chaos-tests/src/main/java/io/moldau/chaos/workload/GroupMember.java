package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Notes.Commit;
import io.moldau.chaos.history.Notes.Rebalance;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A member of a group: it polls, commits what it got, and notes what it was given and what was
/// taken from it.
final class GroupMember extends ClientThread {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private final Scene scene;
    private final String group;
    private final String assignor;
    private final GroupProgress progress;

    /// @param assignor class name of the assignor that all members of the group name
    GroupMember(Scene scene, String name, String group, String assignor, GroupProgress progress) {
        super(name);
        this.scene = scene;
        this.group = group;
        this.assignor = assignor;
        this.progress = progress;
        start(this::run);
    }

    private void run() {
        while (!isStopping()) {
            var life = new Life(scene.history().newProcess());
            boolean stays = true;
            try {
                stays = life.liveUntilTheEnd();
            } finally {
                life.end(stays);
            }
            Threads.pause(POLL);
        }
    }

    /// One client's life, under one process number.
    private final class Life implements ConsumerRebalanceListener {
        private final int process;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final List<Rebalance> rebalances = new ArrayList<>();

        /// What was read of the own partitions and is not known to be committed.
        private final Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();

        private Life(int process) {
            this.process = process;
            consumer =
                    new KafkaConsumer<>(
                            ClientSettings.member(
                                    scene.plan().bootstrap(), name(), group, assignor),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
        }

        /// @return whether it left in order
        private boolean liveUntilTheEnd() {
            subscribe();
            while (goesOn()) {
                if (!poll()) {
                    return true;
                }
            }
            boolean crashed = takeCrash();
            if (crashed) {
                scene.history().crash(process, Notes.ofGroup(group));
            }
            return !crashed;
        }

        /// @param inOrder leaves the group; else the group learns by the session timeout
        private void end(boolean inOrder) {
            var options =
                    inOrder
                            ? CloseOptions.timeout(Duration.ofSeconds(5))
                            : CloseOptions.timeout(Duration.ZERO)
                                    .withGroupMembershipOperation(
                                            CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
            try {
                consumer.close(options);
            } catch (KafkaException e) {
                scene.history().note(name() + " did not close in order: " + e);
            }
        }

        private void subscribe() {
            var topics =
                    IntStream.range(0, scene.keys().size())
                            .mapToObj(key -> scene.keys().partition(key).topic())
                            .collect(Collectors.toSet());
            var keys = LongStream.range(0, scene.keys().size()).boxed().toList();
            scene.history().invoke(process, "subscribe", new Value.Keys(keys));
            consumer.subscribe(topics, this);
            complete(Stage.OK, "subscribe", new Value.Keys(keys), Notes.ofGroup(group));
        }

        private boolean poll() {
            var asked = Value.of(new Poll());
            scene.history().invoke(process, "poll", asked);
            try {
                var records = consumer.poll(POLL);
                var given = List.copyOf(rebalances);
                rebalances.clear();
                scene.meter().onPolled(records.count());
                var error = new StringBuilder();
                note(records);
                var commits = due.isEmpty() ? List.<Commit>of() : commit(error);
                var got = PollStep.valueOf(scene.keys(), records);
                complete(Stage.OK, "poll", got, new Notes(group, given, commits, error.toString()));
                return true;
            } catch (KafkaException e) {
                complete(Stage.INFO, "poll", asked, PollStep.failed(e));
                return false;
            }
        }

        private void note(ConsumerRecords<byte[], byte[]> records) {
            for (var partition : records.partitions()) {
                var last = records.records(partition).getLast();
                due.put(
                        partition,
                        new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
            }
        }

        /// A rebalance refuses a commit; where no record comes afterwards, the next poll commits
        /// again.
        ///
        /// @return what the coordinator acknowledged; nothing when it did not answer or refused
        private List<Commit> commit(StringBuilder error) {
            try {
                consumer.commitSync(due, COMMIT_TIMEOUT);
            } catch (KafkaException e) {
                error.append(e.getClass().getSimpleName());
                return List.of();
            }
            var commits = new ArrayList<Commit>();
            due.forEach((partition, position) -> {
                int key = scene.keys().key(partition);
                progress.onCommitted(key, position.offset());
                commits.add(new Commit(key, position.offset()));
            });
            due.clear();
            return commits;
        }

        private void complete(Stage type, String f, Value value, Notes notes) {
            scene.history().complete(process, type, f, value, notes);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            note(true, partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            due.keySet().removeAll(partitions);
            note(false, partitions);
        }

        private void note(boolean assigned, Collection<TopicPartition> partitions) {
            rebalances.add(
                    new Rebalance(
                            assigned, scene.clock().nanos(), scene.keys().keysOf(partitions)));
        }
    }
}
