package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import io.moldau.broker.group.GroupAnswer.Alive;
import io.moldau.broker.group.GroupAnswer.Joined;
import io.moldau.broker.group.GroupAnswer.Left;
import io.moldau.broker.group.GroupAnswer.Synced;
import io.moldau.broker.group.GroupEvent.Heartbeat;
import io.moldau.broker.group.GroupEvent.Join;
import io.moldau.broker.group.GroupEvent.Leave;
import io.moldau.broker.group.GroupEvent.Leaver;
import io.moldau.broker.group.GroupEvent.Protocol;
import io.moldau.broker.group.GroupEvent.Sync;
import io.moldau.env.Clock;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import io.moldau.metadata.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// What a member of a group that reads topic `t` asks a coordinator.
///
/// @param topicId of `t`
record GroupCalls(GroupCoordinator groups, Clock clock, Uuid topicId) {
    static <T> T done(CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /// A member of its own, in a generation that is settled.
    Joined settled(String group) {
        var joined = done(join(group, 10_000));
        done(sync(group, joined));
        return joined;
    }

    CompletableFuture<Joined> join(String group, int sessionMs) {
        var subscription = GroupRig.subscription("t");
        return groups.ask(
                group,
                Joined.class,
                caller ->
                        new Join(
                                caller,
                                "",
                                "c-" + UUID.randomUUID(),
                                Optional.empty(),
                                "c",
                                "/127.0.0.1",
                                sessionMs,
                                30_000,
                                "consumer",
                                List.of(new Protocol("range", subscription)),
                                false,
                                true,
                                ""));
    }

    CompletableFuture<Synced> sync(String group, Joined joined) {
        return groups.ask(
                group,
                Synced.class,
                caller ->
                        new Sync(
                                caller,
                                joined.memberId(),
                                Optional.empty(),
                                joined.generation(),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(joined.memberId(), ByteString.copyFromUtf8("all of it"))));
    }

    CompletableFuture<Alive> heartbeat(String group, Joined joined) {
        return groups.ask(
                group,
                Alive.class,
                caller ->
                        new Heartbeat(
                                caller, joined.memberId(), Optional.empty(), joined.generation()));
    }

    CompletableFuture<Left> leave(String group, String memberId) {
        return groups.ask(
                group,
                Left.class,
                caller -> new Leave(caller, List.of(new Leaver(memberId, Optional.empty(), ""))));
    }

    CompletableFuture<Outcome> commit(
            String group, long offset, int leaderEpoch, String memberId, int generation) {
        return groups.commit(
                new CommitOffsets(group, clock.wallMs(), -1, topics(offset, leaderEpoch), -1),
                memberId,
                Optional.empty(),
                generation,
                Errors.GROUP_ID_NOT_FOUND);
    }

    List<TopicCommits> topics(long offset, int leaderEpoch) {
        var partition = new PartitionCommit(0, offset, leaderEpoch, "");
        return List.of(new TopicCommits(topicId, "t", List.of(partition)));
    }
}
