package io.moldau.cli;

import io.moldau.cli.text.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "topics",
        description = "List, create, describe, explain, change and delete topics.",
        subcommands = {
            TopicsCommand.ListTopics.class,
            TopicsCommand.CreateTopics.class,
            TopicsCommand.DescribeTopics.class,
            ExplainTopic.class,
            TopicsCommand.AlterTopic.class,
            TopicsCommand.DeleteTopics.class
        })
final class TopicsCommand extends CommandGroup {
    private static Map<String, TopicDescription> described(Admin admin, Collection<String> names)
            throws Exception {
        var topics = new TreeMap<String, TopicDescription>();
        for (var entry : admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                topics.put(entry.getKey(), entry.getValue().get());
            } catch (java.util.concurrent.ExecutionException failure) {
                throw about(entry.getKey(), failure);
            }
        }
        return topics;
    }

    static Exception about(String topic, Exception failure) {
        return Failures.unwrapped(failure) instanceof UnknownTopicOrPartitionException
                ? CliException.failure("There is no topic %s.".formatted(topic))
                : failure;
    }

    @Command(
            name = "list",
            description = "All topics, with their numbers of partitions and replicas.")
    static final class ListTopics extends AdminCommand {
        @Option(names = "--internal", description = "the brokers' own topics as well")
        private boolean internal;

        @Override
        void run(Admin admin) throws Exception {
            var names =
                    admin.listTopics(new ListTopicsOptions().listInternal(internal)).names().get();
            var table = new Table("topic", "partitions", "replicas", "underReplicated");
            for (var topic : described(admin, names).values()) {
                table.row(
                        topic.name(),
                        topic.partitions().size(),
                        replicationFactor(topic),
                        topic.partitions().stream()
                                .filter(partition ->
                                        partition.isr().size() < partition.replicas().size())
                                .count());
            }
            print(table, "There are no topics.");
        }

        private static int replicationFactor(TopicDescription topic) {
            return topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .max()
                    .orElse(0);
        }
    }

    @Command(name = "create", description = "Creates topics.")
    static final class CreateTopics extends AdminCommand {
        @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "names")
        private List<String> names;

        @Option(
                names = {"-p", "--partitions"},
                paramLabel = "N",
                description = "the broker's num.partitions when not given")
        private Integer partitions;

        @Option(
                names = {"-r", "--replication-factor"},
                paramLabel = "N",
                description = "the broker's default.replication.factor when not given")
        private Short replicationFactor;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "KEY=VALUE",
                description = "a setting of the topics")
        private final Map<String, String> configs = new LinkedHashMap<>();

        @Option(names = "--if-not-exists", description = "leave a topic that is there as it is")
        private boolean ifNotExists;

        @Option(names = "--dry-run", description = "only check")
        private boolean dryRun;

        @Override
        void run(Admin admin) throws Exception {
            var topics =
                    names.stream()
                            .map(name ->
                                    new NewTopic(
                                                    name,
                                                    Optional.ofNullable(partitions),
                                                    Optional.ofNullable(replicationFactor))
                                            .configs(configs))
                            .toList();
            var results =
                    admin.createTopics(topics, new CreateTopicsOptions().validateOnly(dryRun));
            var table = new Table("topic", "partitions", "replicas", "created");
            for (var name : names) {
                boolean created = created(name, results.values().get(name));
                table.row(
                        name,
                        created ? results.numPartitions(name).get() : null,
                        created ? results.replicationFactor(name).get() : null,
                        created && !dryRun);
            }
            if (asJson()) {
                print(table, "");
            }
        }

        private boolean created(String name, org.apache.kafka.common.KafkaFuture<Void> result)
                throws Exception {
            try {
                result.get();
                done((dryRun ? "Would create " : "Created ") + name + ".");
                return true;
            } catch (java.util.concurrent.ExecutionException failure) {
                if (ifNotExists && failure.getCause() instanceof TopicExistsException) {
                    done("There is a topic %s already.".formatted(name));
                    return false;
                }
                throw failure;
            }
        }
    }

    @Command(
            name = "describe",
            description = "Partitions, leaders, replicas and own settings of topics.")
    static final class DescribeTopics extends AdminCommand {
        @Parameters(paramLabel = "TOPIC", arity = "0..*", description = "names; all when not given")
        private List<String> names = List.of();

        @Override
        void run(Admin admin) throws Exception {
            var wanted = names.isEmpty() ? admin.listTopics().names().get() : names;
            var json = new ArrayList<Object>();
            for (var topic : described(admin, wanted).values()) {
                var configs = configs(admin, topic.name());
                if (asJson()) {
                    json.add(asObject(topic, own(configs), durability(configs)));
                } else {
                    printText(topic, own(configs), durability(configs));
                }
            }
            if (asJson()) {
                printJson(json);
            }
        }

        private static Config configs(Admin admin, String topic) throws Exception {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            return admin.describeConfigs(List.of(resource)).values().get(resource).get();
        }

        private static Map<String, String> own(Config all) {
            var configs = new TreeMap<String, String>();
            for (var entry : all.entries()) {
                if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                    configs.put(entry.name(), entry.value());
                }
            }
            return configs;
        }

        /// Other brokers may leave a setting out.
        private static String durability(Config configs) {
            var messages = configs.get(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG);
            var ms = configs.get(TopicConfig.FLUSH_MS_CONFIG);
            return messages == null || ms == null
                    ? null
                    : Durability.of(Long.parseLong(messages.value()), Long.parseLong(ms.value()));
        }

        private static Map<String, Object> asObject(
                TopicDescription topic, Map<String, String> configs, String durability) {
            var object = new LinkedHashMap<String, Object>();
            object.put("topic", topic.name());
            object.put("topicId", topic.topicId().toString());
            object.put("internal", topic.isInternal());
            object.put("configs", configs);
            object.put("durable", durability);
            object.put("partitions", partitions(topic).asObjects());
            return object;
        }

        private void printText(
                TopicDescription topic, Map<String, String> configs, String durability) {
            var out = session().out();
            out.println(session().bold(topic.name()) + session().dim("  id " + topic.topicId()));
            configs.forEach((name, value) -> out.println("  " + name + "=" + value));
            if (durability != null) {
                out.println("  " + session().dim("durable: " + durability));
            }
            out.println(partitions(topic).asText(session()::bold));
        }

        private static Table partitions(TopicDescription topic) {
            var table = new Table("partition", "leader", "replicas", "isr");
            topic.partitions().stream()
                    .sorted(Comparator.comparingInt(TopicPartitionInfo::partition))
                    .forEach(partition ->
                            table.row(
                                    partition.partition(),
                                    partition.leader() == null || partition.leader().isEmpty()
                                            ? null
                                            : partition.leader().id(),
                                    ids(partition.replicas()),
                                    ids(partition.isr())));
            return table;
        }

        private static List<Integer> ids(List<Node> nodes) {
            return nodes.stream().map(Node::id).toList();
        }
    }

    @Command(name = "alter", description = "Adds partitions to a topic, changes its settings.")
    static final class AlterTopic extends AdminCommand {
        @Parameters(paramLabel = "TOPIC", description = "its name")
        private String name;

        @Option(
                names = {"-p", "--partitions"},
                paramLabel = "N",
                description = "how many there shall be in all; they only ever become more")
        private Integer partitions;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "KEY=VALUE",
                description = "sets a setting of the topic")
        private final Map<String, String> configs = new LinkedHashMap<>();

        @Option(
                names = "--delete-config",
                paramLabel = "KEY",
                description = "lets the broker's own value hold again")
        private final List<String> deletions = new ArrayList<>();

        @Override
        void run(Admin admin) throws Exception {
            if (partitions == null && configs.isEmpty() && deletions.isEmpty()) {
                throw CliException.usage(
                        "Say what to change: --partitions N, --config KEY=VALUE or --delete-config"
                                + " KEY.");
            }
            try {
                if (partitions != null) {
                    admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                            .all()
                            .get();
                }
                var changes = ConfigChanges.of(configs, deletions);
                if (!changes.isEmpty()) {
                    var resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
                    Map<ConfigResource, Collection<AlterConfigOp>> all = Map.of(resource, changes);
                    admin.incrementalAlterConfigs(all).all().get();
                }
            } catch (java.util.concurrent.ExecutionException failure) {
                throw about(name, failure);
            }
            done("Changed " + name + ".");
        }
    }

    @Command(name = "delete", description = "Deletes topics and all that is in them.")
    static final class DeleteTopics extends AdminCommand {
        @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "names")
        private List<String> names;

        @Override
        void run(Admin admin) throws Exception {
            deleted(names, admin.deleteTopics(names).topicNameValues(), TopicsCommand::about);
        }
    }
}
