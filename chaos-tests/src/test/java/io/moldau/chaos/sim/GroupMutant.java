package io.moldau.chaos.sim;

import com.google.errorprone.annotations.Immutable;
import io.moldau.broker.group.GroupStore;
import io.moldau.chaos.sim.world.Rules;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.CommittedOffsets;
import io.moldau.metadata.GroupImage;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.DeleteGroup;
import io.moldau.metadata.MetadataCommand.DeleteOffsets;
import io.moldau.metadata.MetadataCommand.SaveGroup;
import io.moldau.metadata.MetadataMachine;
import io.moldau.metadata.OffsetAndMetadata;
import io.moldau.metadata.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;

/// Bugs of coordinators, planted between them and the metadata: the simulator must find each of
/// them.
enum GroupMutant implements Rules {
    /// Reads offsets without asking whether they are the newest: a node that was paused while
    /// another took over tells what was committed before.
    READS_WITHOUT_A_BARRIER(NoBarrier::new),
    /// Commits and saves in nobody's name: a coordinator that has been succeeded changes the group.
    IS_NOT_FENCED(Unfenced::new),
    /// Knows of no commit but its own.
    FORGETS_COMMITS_AT_A_TAKEOVER(OwnCommits::new),
    /// Knows of no member that joined elsewhere.
    FORGETS_MEMBERS_AT_A_TAKEOVER(OwnMembers::new),
    /// Takes over with an older generation than the last one: it has not replayed all.
    TAKES_OVER_BEFORE_THE_STATE_IS_WHOLE(OlderGroups::new),
    /// Answers a commit when it has sent it.
    ANSWERS_COMMITS_BEFORE_THEY_ARE_DURABLE(store -> new Hasty(store, CommitOffsets.class)),
    /// Tells members what they own when it has sent it.
    ASSIGNS_BEFORE_IT_IS_DURABLE(store -> new Hasty(store, SaveGroup.class)),
    /// Takes whoever commits for a member of the present generation.
    ACCEPTS_COMMITS_OF_OLD_GENERATIONS(store -> store) {
        @Override
        public Committer committer(String memberId, int generation, GroupImage saved) {
            return saved == null || saved.members().isEmpty()
                    ? new Committer(memberId, generation)
                    : new Committer(saved.members().getFirst().memberId(), saved.generation());
        }
    },
    /// Deletes what a group has committed though it has members: KAFKA-13636.
    FORGETS_THAT_A_GROUP_HAS_MEMBERS(Forgetful::new);

    /// What stands between a coordinator and the metadata in its stead.
    @Immutable
    private interface Change {
        GroupStore of(GroupStore store);
    }

    private final Change change;

    GroupMutant(Change change) {
        this.change = change;
    }

    @Override
    public GroupStore groupStore(GroupStore store) {
        return change.of(store);
    }

    /// Production's, but for what a mutant changes.
    private static class Changed implements GroupStore {
        final GroupStore store;

        Changed(GroupStore store) {
            this.store = store;
        }

        @Override
        public ClusterImage image() {
            return store.image();
        }

        @Override
        public CommittedOffsets offsets() {
            return store.offsets();
        }

        @Override
        public CompletableFuture<?> barrier() {
            return store.barrier();
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            return store.submit(command);
        }
    }

    private static final class NoBarrier extends Changed {
        NoBarrier(GroupStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<?> barrier() {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class Unfenced extends Changed {
        Unfenced(GroupStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            int any = MetadataCommand.ANY_COORDINATOR;
            if (command instanceof CommitOffsets commit) {
                return store.submit(
                        new CommitOffsets(
                                commit.group(),
                                commit.commitTimestampMs(),
                                commit.expireTimestampMs(),
                                commit.topics(),
                                any));
            }
            return store.submit(
                    command instanceof SaveGroup(var group, _)
                            ? new SaveGroup(group, any)
                            : command);
        }
    }

    private static final class OwnCommits extends Changed implements CommittedOffsets {
        private final Set<String> own = new HashSet<>();

        OwnCommits(GroupStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            if (command instanceof CommitOffsets commit) {
                for (var topic : commit.topics()) {
                    topic.partitions().forEach(partition -> own.add(partition.metadata()));
                }
            }
            return store.submit(command);
        }

        @Override
        public CommittedOffsets offsets() {
            return this;
        }

        @Override
        public OffsetAndMetadata get(String group, String topic, int partition) {
            var committed = store.offsets().get(group, topic, partition);
            return committed == null || !own.contains(committed.metadata()) ? null : committed;
        }

        @Override
        public Map<TopicPartition, OffsetAndMetadata> all(String group) {
            var all = store.offsets().all(group);
            all.values().removeIf(committed -> !own.contains(committed.metadata()));
            return all;
        }

        @Override
        public Set<String> groups() {
            return store.offsets().groups();
        }
    }

    private static final class OwnMembers extends Changed {
        private final Set<String> saved = new HashSet<>();

        OwnMembers(GroupStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            if (command instanceof SaveGroup(var group, _)) {
                saved.add(group.groupId());
            }
            return store.submit(command);
        }

        @Override
        public ClusterImage image() {
            var image = store.image();
            for (var group : List.copyOf(image.groupIds())) {
                if (!saved.contains(group)) {
                    var forget = new DeleteGroup(group, MetadataCommand.ANY_COORDINATOR);
                    image = MetadataMachine.decide(forget, image).image();
                }
            }
            return image;
        }
    }

    private static final class OlderGroups extends Changed {
        private final Map<String, GroupImage> newest = new HashMap<>();
        private final Map<String, GroupImage> older = new HashMap<>();

        OlderGroups(GroupStore store) {
            super(store);
        }

        @Override
        public ClusterImage image() {
            var image = store.image();
            for (var id : List.copyOf(image.groupIds())) {
                var group = image.group(id);
                var before = newest.put(id, group);
                if (before != null && before.generation() < group.generation()) {
                    older.put(id, before);
                }
                if (older.containsKey(id)) {
                    var put = new SaveGroup(older.get(id), MetadataCommand.ANY_COORDINATOR);
                    image = MetadataMachine.decide(put, image).image();
                }
            }
            return image;
        }
    }

    private static final class Hasty extends Changed {
        private final Class<? extends MetadataCommand> kind;

        Hasty(GroupStore store, Class<? extends MetadataCommand> kind) {
            super(store);
            this.kind = kind;
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            var decided = store.submit(command);
            return kind.isInstance(command)
                    ? CompletableFuture.completedFuture(new Outcome.OffsetsCommitted(List.of()))
                    : decided;
        }
    }

    /// At every tenth command.
    private static final class Forgetful extends Changed {
        private int commands;

        Forgetful(GroupStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<Outcome> submit(MetadataCommand command) {
            if (command instanceof CommitOffsets commit && ++commands % 10 == 0) {
                var topics =
                        commit.topics().stream()
                                .map(topic ->
                                        new MetadataCommand.TopicPartitions(
                                                topic.topic(),
                                                topic.partitions().stream()
                                                        .map(
                                                                MetadataCommand.PartitionCommit
                                                                        ::partition)
                                                        .toList()))
                                .toList();
                var _ =
                        store.submit(
                                new DeleteOffsets(
                                        commit.group(), topics, commit.coordinatorEpoch()));
            }
            return store.submit(command);
        }
    }
}
