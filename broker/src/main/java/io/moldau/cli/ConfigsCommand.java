package io.moldau.cli;

import io.moldau.cli.text.Table;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "configs",
        description = "Show, set and delete settings of topics and brokers.",
        subcommands = {
            ConfigsCommand.Describe.class,
            ConfigsCommand.SetConfigs.class,
            ConfigsCommand.DeleteConfigs.class
        })
final class ConfigsCommand extends CommandGroup {
    /// A command about the settings of one topic or broker.
    abstract static class OfResource extends AdminCommand {
        @Parameters(
                index = "0",
                paramLabel = "KIND",
                description = "topic, broker, or brokers for the default of all brokers")
        private String kind;

        /// Named as the second positional where the kind has names.
        abstract String name();

        final ConfigResource resource() {
            return switch (kind) {
                case "topic", "topics" -> new ConfigResource(ConfigResource.Type.TOPIC, named());
                case "broker" -> new ConfigResource(ConfigResource.Type.BROKER, named());
                case "brokers" -> new ConfigResource(ConfigResource.Type.BROKER, "");
                case "group", "groups" -> new ConfigResource(ConfigResource.Type.GROUP, named());
                default ->
                        throw CliException.usage(
                                "%s has no settings; there are topic NAME, broker ID, brokers and group NAME."
                                        .formatted(kind));
            };
        }

        private String named() {
            if (name() == null) {
                throw CliException.usage("Say which %s.".formatted(kind));
            }
            return name();
        }

        final boolean isAllBrokers() {
            return kind.equals("brokers");
        }

        final Exception about(Exception failure) {
            return Failures.unwrapped(failure) instanceof UnknownTopicOrPartitionException
                    ? CliException.failure("There is no topic %s.".formatted(name()))
                    : failure;
        }

        final void change(Admin admin, Collection<AlterConfigOp> changes) throws Exception {
            try {
                admin.incrementalAlterConfigs(Map.of(resource(), changes)).all().get();
            } catch (java.util.concurrent.ExecutionException failure) {
                throw about(failure);
            }
            done("Changed.");
        }
    }

    @Command(
            name = "describe",
            description = "Settings with their values and where these come from.")
    static final class Describe extends OfResource {
        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "NAME",
                description = "topic or broker id")
        private String name;

        @Option(
                names = {"-a", "--all"},
                description = "those that have their default as well")
        private boolean all;

        @Override
        String name() {
            return name;
        }

        @Override
        void run(Admin admin) throws Exception {
            var resource = resource();
            Collection<ConfigEntry> entries;
            try {
                entries =
                        admin.describeConfigs(List.of(resource))
                                .values()
                                .get(resource)
                                .get()
                                .entries();
            } catch (java.util.concurrent.ExecutionException failure) {
                throw about(failure);
            }
            var table = new Table("name", "value", "source", "readOnly");
            entries.stream()
                    .filter(entry -> all || !entry.isDefault())
                    .sorted(Comparator.comparing(ConfigEntry::name))
                    .forEach(entry ->
                            table.row(
                                    entry.name(),
                                    entry.isSensitive() ? "(hidden)" : entry.value(),
                                    source(entry.source()),
                                    entry.isReadOnly()));
            print(table, "Every setting has its default; --all shows them.");
        }

        private static String source(ConfigEntry.ConfigSource source) {
            return switch (source) {
                case DYNAMIC_TOPIC_CONFIG -> "topic";
                case DYNAMIC_BROKER_CONFIG -> "broker";
                case DYNAMIC_DEFAULT_BROKER_CONFIG -> "brokers";
                case STATIC_BROKER_CONFIG -> "start";
                case DEFAULT_CONFIG -> "default";
                case DYNAMIC_GROUP_CONFIG -> "group";
                case DYNAMIC_BROKER_LOGGER_CONFIG -> "logger";
                case DYNAMIC_CLIENT_METRICS_CONFIG -> "client-metrics";
                case UNKNOWN -> "unknown";
            };
        }
    }

    @Command(
            name = "set",
            description = {
                "Sets settings, at once and without a restart.",
                "moldau configs set topic orders retention.ms=60000",
                "moldau configs set brokers log.retention.ms=86400000"
            })
    static final class SetConfigs extends OfResource {
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "[NAME] KEY=VALUE…")
        private List<String> rest;

        @Override
        String name() {
            return rest.getFirst().contains("=") ? null : rest.getFirst();
        }

        @Override
        void run(Admin admin) throws Exception {
            var settings = new LinkedHashMap<String, String>();
            for (var entry : rest.subList(isAllBrokers() ? 0 : 1, rest.size())) {
                int equals = entry.indexOf('=');
                if (equals < 1) {
                    throw CliException.usage("%s is no KEY=VALUE.".formatted(entry));
                }
                settings.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
            if (settings.isEmpty()) {
                throw CliException.usage("Say what to set, as in retention.ms=60000.");
            }
            resource();
            change(admin, ConfigChanges.of(settings, List.of()));
        }
    }

    @Command(
            name = "delete",
            description = "Deletes settings, so that the value below holds again.")
    static final class DeleteConfigs extends OfResource {
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "[NAME] KEY…")
        private List<String> rest;

        @Override
        String name() {
            return isAllBrokers() ? null : rest.getFirst();
        }

        @Override
        void run(Admin admin) throws Exception {
            var names = rest.subList(isAllBrokers() ? 0 : 1, rest.size());
            if (names.isEmpty()) {
                throw CliException.usage("Say what to delete, as in retention.ms.");
            }
            change(admin, ConfigChanges.of(Map.of(), names));
        }
    }
}
