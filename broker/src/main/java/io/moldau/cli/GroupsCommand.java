package io.moldau.cli;

import io.moldau.cli.text.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "groups",
        description = "List, describe, move back and delete consumer groups.",
        subcommands = {
            GroupsCommand.ListGroups.class,
            GroupsCommand.DescribeGroups.class,
            GroupsCommand.ResetOffsets.class,
            GroupsCommand.DeleteGroups.class
        })
final class GroupsCommand extends CommandGroup {
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private static Exception about(String group, Exception failure) {
        return switch (Failures.unwrapped(failure)) {
            case GroupIdNotFoundException _ ->
                    CliException.failure("There is no group %s.".formatted(group));
            case GroupNotEmptyException _ ->
                    CliException.failure("Group %s has members; stop them first.".formatted(group));
            default -> failure;
        };
    }

    @Command(name = "list", description = "All groups, with type and state.")
    static final class ListGroups extends AdminCommand {
        @Override
        void run(Admin admin) throws Exception {
            var table = new Table("group", "type", "protocol", "state");
            admin.listGroups().all().get().stream()
                    .sorted(Comparator.comparing(GroupListing::groupId))
                    .forEach(group ->
                            table.row(
                                    group.groupId(),
                                    group.type().map(Object::toString).orElse(null),
                                    group.protocol(),
                                    group.groupState().map(Object::toString).orElse(null)));
            print(table, "There are no groups.");
        }
    }

    @Command(name = "describe", description = "Members, committed offsets and lag of groups.")
    static final class DescribeGroups extends AdminCommand {
        @Parameters(paramLabel = "GROUP", arity = "1..*", description = "names")
        private List<String> names;

        @Override
        void run(Admin admin) throws Exception {
            var json = new ArrayList<Object>();
            for (var name : names) {
                var group = described(admin, name);
                var offsets = offsets(admin, group);
                if (asJson()) {
                    json.add(asObject(group, offsets));
                } else {
                    printText(group, offsets);
                }
            }
            if (asJson()) {
                printJson(json);
            }
        }

        private static ConsumerGroupDescription described(Admin admin, String name)
                throws Exception {
            try {
                return admin.describeConsumerGroups(List.of(name))
                        .describedGroups()
                        .get(name)
                        .get();
            } catch (java.util.concurrent.ExecutionException failure) {
                throw about(name, failure);
            }
        }

        private Table offsets(Admin admin, ConsumerGroupDescription group) throws Exception {
            var committed =
                    admin.listConsumerGroupOffsets(group.groupId())
                            .partitionsToOffsetAndMetadata()
                            .get();
            var owners = new HashMap<TopicPartition, MemberDescription>();
            for (var member : group.members()) {
                member.assignment().topicPartitions().forEach(owned -> owners.put(owned, member));
            }
            var partitions = new TreeSet<>(BY_NAME);
            committed.forEach((partition, offset) -> {
                if (offset != null) {
                    partitions.add(partition);
                }
            });
            partitions.addAll(owners.keySet());

            var ends = GroupOffsets.ends(admin, partitions);
            var table =
                    new Table(
                            "topic",
                            "partition",
                            "currentOffset",
                            "logEndOffset",
                            "lag",
                            "member",
                            "host",
                            "client");
            for (var partition : partitions) {
                var offset = committed.get(partition);
                var end = ends.get(partition);
                var owner = owners.get(partition);
                table.row(
                        partition.topic(),
                        partition.partition(),
                        offset == null ? null : offset.offset(),
                        end,
                        offset == null || end == null ? null : Math.max(0, end - offset.offset()),
                        owner == null ? null : owner.consumerId(),
                        owner == null ? null : owner.host(),
                        owner == null ? null : owner.clientId());
            }
            return table;
        }

        private static Map<String, Object> asObject(ConsumerGroupDescription group, Table offsets) {
            var object = new LinkedHashMap<String, Object>();
            object.put("group", group.groupId());
            object.put("state", group.groupState().toString());
            object.put("type", group.type().toString());
            object.put("assignor", group.partitionAssignor());
            object.put("coordinator", group.coordinator().id());
            object.put("members", group.members().size());
            object.put("partitions", offsets.asObjects());
            return object;
        }

        private void printText(ConsumerGroupDescription group, Table offsets) {
            var facts =
                    "  %s, %s, %d member%s"
                            .formatted(
                                    group.type(),
                                    group.groupState(),
                                    group.members().size(),
                                    group.members().size() == 1 ? "" : "s");
            session().out().println(session().bold(group.groupId()) + session().dim(facts));
            print(offsets, "Group %s has committed no offsets.".formatted(group.groupId()));
            session().out().println();
        }
    }

    @Command(
            name = "reset-offsets",
            description = {
                "Shows where a group would continue; with --execute moves it there.",
                "The group must have no members."
            })
    static final class ResetOffsets extends AdminCommand {
        @Parameters(paramLabel = "GROUP", description = "its name")
        private String group;

        @Option(
                names = {"-t", "--topic"},
                paramLabel = "TOPIC[:P,P…]",
                description = "only this topic, or these partitions of it; repeatable")
        private final List<String> topics = new ArrayList<>();

        @Option(
                names = {"-o", "--to"},
                required = true,
                paramLabel = "WHERE",
                description = {
                    "earliest, latest, an offset,",
                    "+N or -N from where the group is,",
                    "@TIME as in @2026-01-31T12:00:00Z or @1767225600000"
                })
        private String where;

        @Option(names = "--execute", description = "do it")
        private boolean execute;

        @Override
        void run(Admin admin) throws Exception {
            var target = OffsetTarget.parse(where);
            var committed = new TreeMap<TopicPartition, OffsetAndMetadata>(BY_NAME);
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            committed.put(partition, offset);
                        }
                    });
            var partitions =
                    topics.isEmpty() ? committed.keySet() : GroupOffsets.selected(admin, topics);
            if (partitions.isEmpty()) {
                throw CliException.failure(
                        "Group %s has committed nothing; say which topic with --topic."
                                .formatted(group));
            }
            var targets = GroupOffsets.resolved(admin, partitions, target, committed);
            var table = new Table("group", "topic", "partition", "currentOffset", "newOffset");
            targets.forEach((partition, offset) ->
                    table.row(
                            group,
                            partition.topic(),
                            partition.partition(),
                            committed.containsKey(partition)
                                    ? committed.get(partition).offset()
                                    : null,
                            offset));
            if (execute) {
                commit(admin, targets);
            }
            print(table, "");
            if (!execute) {
                session().err().println("Nothing changed yet; add --execute to do it.");
            }
        }

        private void commit(Admin admin, Map<TopicPartition, Long> targets) throws Exception {
            var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
            targets.forEach(
                    (partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
            try {
                admin.alterConsumerGroupOffsets(group, offsets).all().get();
            } catch (java.util.concurrent.ExecutionException failure) {
                throw Failures.unwrapped(failure)
                                instanceof org.apache.kafka.common.errors.UnknownMemberIdException
                        ? CliException.failure(
                                "Group %s has members; stop them first.".formatted(group))
                        : about(group, failure);
            }
        }
    }

    @Command(
            name = "delete",
            description = "Deletes groups that have no members, and their offsets.")
    static final class DeleteGroups extends AdminCommand {
        @Parameters(paramLabel = "GROUP", arity = "1..*", description = "names")
        private List<String> names;

        @Override
        void run(Admin admin) throws Exception {
            deleted(names, admin.deleteConsumerGroups(names).deletedGroups(), GroupsCommand::about);
        }
    }
}
