package io.moldau.broker.group;

import io.moldau.broker.shard.Shards;
import io.moldau.env.Clock;
import io.moldau.metadata.ClusterImage;
import io.moldau.metadata.ImageListener;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.TopicPartitions;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.protocol.Errors;

/// Gives every group a thread, a clock and a durable home.
///
/// A group belongs to the table that its id hashes to, whose tasks run one after the other: on the
/// calling thread where nothing else is under way, else on the one that is at it. What a group
/// decides is made durable through [GroupStore] before anybody is told. May be called from any
/// thread, and answers come on any; no task waits for anything.
///
/// A call for a group that another node coordinates fails with [NotCoordinatorException]. A node
/// takes groups over as soon as it has applied that it leads their partition: they are in its
/// image, so there is nothing to load.
public final class GroupCoordinator implements ImageListener, AutoCloseable {
    private final Shards shards;
    private final GroupStore store;
    private final GroupSettings settings;
    private final Clock clock;
    private final Seats seats;
    private final List<GroupTable> tables;
    private volatile boolean closing;

    /// @param self this node's id
    /// @param shards may be shared; not closed by this
    public GroupCoordinator(
            int self, Shards shards, GroupStore store, GroupSettings settings, Clock clock) {
        this.shards = shards;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.seats = new Seats(self, store);
        var steadyMs = steadyMs(clock);
        this.tables =
                shards.all().stream()
                        .map(shard -> new GroupTable(shard, seats, store, settings, steadyMs))
                        .toList();
    }

    /// Milliseconds that began at the wall's time and never go back.
    private static LongSupplier steadyMs(Clock clock) {
        long startMs = clock.wallMs();
        long startNanos = clock.monotonicNanos();
        return () -> startMs + TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - startNanos);
    }

    /// Takes over the groups that this node coordinates, and begins to look for expired offsets.
    /// Call it once the store shows the node's own registration: what it had led in a life before
    /// is not its own any more. Until then every group is coordinated elsewhere.
    public void start() {
        seats.open();
        follow();
        tables.forEach(this::scheduleExpiry);
    }

    /// To be told of every image: groups come and go with the partitions of `__consumer_offsets`
    /// that this node leads.
    @Override
    public void published(ClusterImage before, ClusterImage after) {
        if (seats.changed(before, after)) {
            follow();
        }
    }

    private void follow() {
        var image = store.image();
        var byTable = new HashMap<GroupTable, List<String>>();
        for (var groupId : image.groupIds()) {
            var group = image.group(groupId);
            if (group != null && !group.members().isEmpty() && seats.isHere(groupId)) {
                byTable.computeIfAbsent(table(groupId), _ -> new ArrayList<>()).add(groupId);
            }
        }
        for (var table : tables) {
            var withMembers = byTable.getOrDefault(table, List.of());
            table.executeLater(() -> table.follow(withMembers));
        }
    }

    /// Whether this node coordinates the group; reading its offsets needs no more than that.
    public boolean coordinates(String groupId) {
        return !closing && seats.isHere(groupId);
    }

    private void scheduleExpiry(GroupTable table) {
        var _ =
                table.schedule(
                        settings.offsetsRetentionCheckIntervalMs(),
                        () -> {
                            sweep(table);
                            scheduleExpiry(table);
                        });
    }

    /// One task per group, so that what members ask for comes in between.
    private void sweep(GroupTable table) {
        long wallMs = clock.wallMs();
        var groupIds = storedGroups();
        groupIds.addAll(table.loadedIds());
        for (var groupId : groupIds) {
            if (table.equals(table(groupId))) {
                table.executeLater(() -> table.expireOffsets(groupId, wallMs));
            }
        }
    }

    /// Looks for expired offsets now.
    void expireOffsets() {
        tables.forEach(table -> table.executeLater(() -> sweep(table)));
    }

    /// Hands a member's call to its group.
    ///
    /// @param type the kind of answer that the event has
    /// @param event made with the caller that the answer is for
    public <A extends GroupAnswer> CompletableFuture<A> ask(
            String groupId, Class<A> type, Function<Caller, GroupEvent> event) {
        var call = new Call<>(type);
        return fromGroup(
                groupId,
                table -> {
                    table.step(groupId, event.apply(call));
                    return call.answer();
                });
    }

    /// Commits offsets in a member's name, or in nobody's with generation -1.
    ///
    /// @param groupMissing the error for a generation of a group that does not exist
    /// @return once it is durable; refused if the member may not commit
    public CompletableFuture<Outcome> commit(
            CommitOffsets commit,
            String memberId,
            Optional<String> instanceId,
            int generation,
            Errors groupMissing) {
        return fromGroup(
                commit.group(),
                table -> table.commit(commit, memberId, instanceId, generation, groupMissing));
    }

    /// @return the error by topic, or the one that holds for the whole call under `""`
    public CompletableFuture<Map<String, Errors>> deleteOffsets(
            String groupId, List<TopicPartitions> topics) {
        return fromGroup(groupId, table -> table.deleteOffsets(groupId, topics));
    }

    public CompletableFuture<Errors> delete(String groupId) {
        return fromGroup(groupId, table -> table.delete(groupId))
                .exceptionally(Errors::forException);
    }

    /// @return empty for a group that nobody knows
    public CompletableFuture<Optional<GroupView>> describe(String groupId) {
        return fromGroup(
                groupId, table -> CompletableFuture.completedFuture(table.describe(groupId)));
    }

    /// All groups of this node that have members, saved state or offsets.
    public CompletableFuture<Collection<GroupView>> list() {
        var perShard =
                tables.stream().map(t -> CompletableFuture.supplyAsync(t::loaded, t)).toList();
        return CompletableFuture.allOf(perShard.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    var views = new HashMap<String, GroupView>();
                    storedGroups().forEach(id -> views.put(id, stored(id)));
                    perShard.stream()
                            .flatMap(loaded -> loaded.join().stream())
                            .forEach(view -> views.put(view.groupId(), view));
                    return views.values();
                });
    }

    private Set<String> storedGroups() {
        var ids = new HashSet<>(store.image().groupIds());
        ids.addAll(store.offsets().groups());
        ids.removeIf(id -> !seats.isHere(id));
        return ids;
    }

    /// A group that is not in memory has no members.
    private GroupView stored(String groupId) {
        var saved = store.image().group(groupId);
        var protocolType = saved == null ? "" : saved.protocolType();
        return new GroupView(groupId, "Empty", protocolType, "", false, List.of());
    }

    private GroupTable table(String groupId) {
        return tables.get(shards.all().indexOf(shards.of(groupId.hashCode())));
    }

    private <T> CompletableFuture<T> fromGroup(
            String groupId, Function<GroupTable, CompletableFuture<T>> task) {
        var table = table(groupId);
        var done = CompletableFuture.<Void>completedFuture(null);
        try {
            return done.thenComposeAsync(
                    _ -> closing ? CompletableFuture.failedFuture(stopping()) : task.apply(table),
                    table);
        } catch (RejectedExecutionException shardClosed) {
            return CompletableFuture.failedFuture(stopping());
        }
    }

    private static CoordinatorNotAvailableException stopping() {
        return new CoordinatorNotAvailableException("The broker is stopping.");
    }

    /// Answers every call that waits; call it before the shards are closed.
    @Override
    public void close() {
        closing = true;
        tables.forEach(table -> table.execute(table::resign));
    }
}
